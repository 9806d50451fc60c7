using System.CommandLine;
using System.Security.Cryptography;
using Crowsnest.Azure.Compaction;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;

namespace Crowsnest.Cli.Commands;

/// <summary><c>crowsnest archive add FILE…</c>: an archive on this machine out of files of audit events.</summary>
internal static class ArchiveAddCommand
{
    internal static Command Create(Option<DirectoryInfo?> folder)
    {
        Argument<FileInfo[]> files = new("FILE")
        {
            Description = "Audit events, in any form that detect reads.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<DirectoryInfo?> rules = RulesCommand.Folder();
        Option<string> cluster = new("--cluster")
        {
            Description = "Cluster of events whose envelope names none.",
            DefaultValueFactory = static _ => "default",
        };
        Command command = new("add", "Puts files of audit events into an archive in a folder, and compacts them. What is there stays.")
        {
            files, rules, cluster,
        };
        command.SetAction((parsed, cancellationToken) => ExitCodes.GuardAsync(async () =>
        {
            DirectoryInfo target = parsed.GetValue(folder) ?? throw new UsageException("say which folder: --archive FOLDER");
            FolderArchiveStore store = new(target.FullName);
            string name = ClusterName.Sanitize(parsed.GetValue(cluster)!);
            InputReader input = new(name);
            int written = 0;
            await input.ReadAsync(
                parsed.GetRequiredValue(files),
                "Archiving",
                async (batch, _) => written += await WriteAsync(store, batch, cancellationToken) ? 1 : 0,
                cancellationToken);
            ArchiveCompactor compactor = new(
                store, RuleSource.Load(parsed.GetValue(rules)), new AuditEventParser(), name, new CompactionOptions());
            List<string> faults = [];
            int hours = await compactor.RunAsync(
                null,
                DateTimeOffset.MaxValue,
                static _ => { },
                (hour, fault) => faults.Add($"{hour:u}: {fault.Message}"),
                cancellationToken);
            faults.ForEach(Terminal.Say);
            Terminal.Say(
                $"{Terminal.Number(input.Counts.Parsed + input.Counts.Salvaged)} events, {written} new raw blobs, {hours} hours compacted "
                + $"in {store.Name}");
            return faults.Count == 0 ? ExitCodes.Ran : ExitCodes.Faults;
        }));
        return command;
    }

    // Named by content: a file that is added again is the same blobs.
    private static async Task<bool> WriteAsync(
        FolderArchiveStore store, IntakeBatch batch, CancellationToken cancellationToken)
    {
        DateTimeOffset[] times =
            [.. batch.Records.Where(static record => record.Event is not null).Select(static record => record.Event!.Time)];
        if (times.Length == 0)
        {
            return false;
        }

        // Nothing arrives before it happens.
        DateTimeOffset arrived = times.Max().ToUniversalTime();
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (IntakeRecord record in batch.Records)
        {
            hash.AppendData(record.Raw.Span);
        }

        string partition = "add" + Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
        bool isNew = false;
        foreach (ArchiveBlob blob in RawArchive.Lay(batch.Records, new BatchPosition(partition, 0, 0, arrived)).Blobs)
        {
            isNew |= await store.WriteAsync(blob.Path, new MemoryStream(blob.Content), replaces: null, cancellationToken);
        }

        return isNew;
    }
}
