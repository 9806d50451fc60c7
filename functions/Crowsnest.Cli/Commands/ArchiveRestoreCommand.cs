using System.CommandLine;
using Crowsnest.Azure.Compaction;
using Crowsnest.Azure.Storage;
using Crowsnest.Cli.Restoring;
using Crowsnest.Core.Archiving;

namespace Crowsnest.Cli.Commands;

/// <summary><c>crowsnest archive restore</c>: a range of the archive as JSON lines, for other tools.</summary>
internal static class ArchiveRestoreCommand
{
    internal static Command Create(Option<string?> storage, Option<DirectoryInfo?> folder)
    {
        Option<string?> from = ArchiveSource.From();
        Option<string?> to = ArchiveSource.To();
        Option<string?> cluster = new("--cluster") { Description = "The only cluster to restore." };
        Option<FileInfo> target = new("--out")
        {
            Description = "A file (.jsonl or .jsonl.gz), or a folder for a file each cluster and hour.",
            Required = true,
        };
        Option<bool> raw = new("--raw") { Description = "The records as they arrived, of the hours of arrival in the range." };
        Command command = new("restore", "Gives back the events of a range as JSON lines, as they were.")
        {
            from, to, cluster, target, raw,
        };
        command.SetAction((parsed, cancellationToken) => StorageSource.GuardAsync(async () =>
        {
            (DateTimeOffset, DateTimeOffset) range = ArchiveSource.Range(parsed.GetValue(from), parsed.GetValue(to));
            IArchiveStore store = ArchiveSource.Open(parsed.GetValue(storage), parsed.GetValue(folder));
            await using RestoredFiles files = new(parsed.GetRequiredValue(target));
            if (parsed.GetValue(raw))
            {
                await RestoreRawAsync(store, range, parsed.GetValue(cluster), files, cancellationToken);
            }
            else
            {
                await RestoreAsync(store, range, parsed.GetValue(cluster), files, cancellationToken);
            }

            await files.EndAsync();
            Terminal.Say($"{Terminal.Number(files.Lines)} {(parsed.GetValue(raw) ? "records" : "events")} in {files.Files} files");
            return ExitCodes.Ran;
        }));
        return command;
    }

    private static Task RestoreAsync(
        IArchiveStore store,
        (DateTimeOffset From, DateTimeOffset To) range,
        string? cluster,
        RestoredFiles files,
        CancellationToken cancellationToken) => ArchiveSource.ReadAsync(
            store,
            range,
            cluster,
            "Restoring",
            async hour =>
            {
                await files.BeginAsync(hour.Cluster, hour.Hour);
                foreach (EventRow row in hour.Rows)
                {
                    files.Write(row.Json);
                }
            },
            cancellationToken);

    // A record is in one blob, and a delivery that was repeated may be in two: raw is raw.
    private static async Task RestoreRawAsync(
        IArchiveStore store,
        (DateTimeOffset From, DateTimeOffset To) range,
        string? cluster,
        RestoredFiles files,
        CancellationToken cancellationToken)
    {
        SortedDictionary<DateTimeOffset, List<ArchiveItem>> hours =
            await new RawListing(store).FindAsync(range.From.AddHours(-1).AddTicks(1), range.To, cancellationToken);
        int total = hours.Values.Sum(static blobs => blobs.Count);
        await Terminal.WithProgressAsync("Restoring", total, async report =>
        {
            int done = 0;
            foreach ((DateTimeOffset hour, List<ArchiveItem> blobs) in hours)
            {
                // A file is of one cluster: members are gathered, packed as they are.
                List<RawMember> members = [];
                foreach (string path in blobs.Select(static blob => blob.Path).Order(StringComparer.Ordinal))
                {
                    using MemoryStream content = new();
                    await store.ReadAsync(path, content, cancellationToken);
                    members.AddRange(RawMember.Of(path, content.ToArray()).Where(one => cluster is null || one.Cluster == cluster));
                    report(++done);
                }

                foreach (IGrouping<string, RawMember> group in members.GroupBy(static member => member.Cluster ?? "default")
                    .OrderBy(static group => group.Key, StringComparer.Ordinal))
                {
                    await files.BeginAsync(group.Key, hour);
                    foreach (ReadOnlyMemory<byte> line in group.SelectMany(static member => Lines(member.Unpack())))
                    {
                        files.Write(line);
                    }
                }
            }

            return done;
        });
        if (files.Lines == 0)
        {
            throw new UsageException(
                $"{store.Name} holds no raw records {ArchiveSource.Of(cluster)}that arrived from {ArchiveSource.Text(range.From)} "
                + $"up to {ArchiveSource.Text(range.To)}; they expire earlier than the events");
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Lines(ReadOnlyMemory<byte> lines)
    {
        while (!lines.IsEmpty)
        {
            int end = lines.Span.IndexOf((byte)'\n');
            end = end < 0 ? lines.Length : end;
            if (end > 0)
            {
                yield return lines[..end];
            }

            lines = lines[Math.Min(end + 1, lines.Length)..];
        }
    }
}
