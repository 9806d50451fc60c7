using System.CommandLine;
using Crowsnest.Azure.Compaction;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;

namespace Crowsnest.Cli.Commands;

/// <summary><c>crowsnest archive compact|verify|restore</c>: the archive in a folder or in the storage of a deployment.</summary>
internal static class ArchiveCommand
{
    internal static Command Create()
    {
        Option<string?> storage = StorageSource.Option();
        Option<DirectoryInfo?> folder = ArchiveSource.Folder();
        return new Command("archive", "Looks after the archive.")
        {
            storage, folder, ArchiveAddCommand.Create(folder), Compact(storage, folder), Verify(storage, folder),
            ArchiveRestoreCommand.Create(storage, folder),
        };
    }

    private static Command Compact(Option<string?> storage, Option<DirectoryInfo?> folder)
    {
        Option<DirectoryInfo?> rules = RulesCommand.Folder();
        Option<int> memory = new("--memory")
        {
            Description = "Megabytes of events that are sorted in memory.",
            DefaultValueFactory = static _ => new CompactionOptions().MemoryMegabytes,
        };
        Option<bool> again = new("--again")
        {
            Description = "Makes the files of the range anew from their events, as after a change of rules.",
        };
        Option<string?> from = ArchiveSource.From();
        Option<string?> to = ArchiveSource.To();
        Command command = new("compact", "Makes Parquet files, ledger and training aggregates of raw blobs that have none yet.")
        {
            rules, memory, again, from, to,
        };
        command.SetAction((parsed, cancellationToken) => StorageSource.GuardAsync(async () =>
        {
            bool isAgain = parsed.GetValue(again);
            if (!isAgain && (parsed.GetValue(from) ?? parsed.GetValue(to)) is not null)
            {
                throw new UsageException("--from and --to go with --again: what is not compacted yet always is");
            }

            (DateTimeOffset From, DateTimeOffset To) range =
                isAgain ? ArchiveSource.Range(parsed.GetValue(from), parsed.GetValue(to)) : default;
            ArchiveCompactor compactor = new(
                ArchiveSource.Open(parsed.GetValue(storage), parsed.GetValue(folder)),
                RuleSource.Load(parsed.GetValue(rules)),
                new AuditEventParser(),
                "default",
                new CompactionOptions { MemoryMegabytes = parsed.GetValue(memory) });
            bool failed = false;
            void Fail(DateTimeOffset hour, Exception fault)
            {
                failed = true;
                Terminal.Say($"{hour:yyyy-MM-dd HH}h UTC: {fault.Message}");
            }

            if (isAgain)
            {
                (int all, int changed) = await compactor.AgainAsync(
                    range.From,
                    range.To,
                    static manifest => Terminal.Say($"{manifest.Hour:yyyy-MM-dd HH}h UTC: {manifest.Files.Count} clusters made anew"),
                    Fail,
                    cancellationToken);
                Terminal.Say($"{all} hours made anew, {changed} of them came out otherwise");
            }
            else
            {
                int hours = await compactor.RunAsync(null, DateTimeOffset.MaxValue, Say, Fail, cancellationToken);
                Terminal.Say($"compacted {hours} hours");
            }

            return failed ? ExitCodes.Faults : ExitCodes.Ran;
        }));
        return command;
    }

    private static void Say(HourManifest manifest) => Terminal.Say(
        $"{manifest.Hour:yyyy-MM-dd HH}h UTC: {Terminal.Number(manifest.Raw.Sum(static raw => raw.Events))} events of "
        + $"{manifest.Raw.Count} blobs into {manifest.Files.Count} files, {manifest.Quarantined.Count} blobs damaged");

    private static Command Verify(Option<string?> storage, Option<DirectoryInfo?> folder)
    {
        Option<bool> deep = new("--deep") { Description = "Counts the events of every file anew. Reads the whole archive." };
        Option<string?> from = new("--from") { Description = "Files of hours before it may be missing, because they have expired. UTC." };
        Command command = new("verify", "Proves that the archive is whole and as it was written.") { deep, from };
        command.SetAction((parsed, cancellationToken) => StorageSource.GuardAsync(async () =>
        {
            ArchiveVerifier verifier = new(
                ArchiveSource.Open(parsed.GetValue(storage), parsed.GetValue(folder)),
                parsed.GetValue(deep),
                TimeProvider.System.GetUtcNow(),
                parsed.GetValue(from) is { } text ? ArchiveSource.Time("--from", text) : default);
            (IReadOnlyList<string> faults, int manifests, int files, int raw) = await verifier.RunAsync(cancellationToken);
            foreach (string fault in faults)
            {
                Terminal.Print(fault);
            }

            Terminal.Say($"{manifests} manifests, {files} hours of events, {raw} raw blobs: {faults.Count} faults");
            return faults.Count == 0 ? ExitCodes.Ran : ExitCodes.Faults;
        }));
        return command;
    }
}
