using System.CommandLine;
using System.Globalization;
using Crowsnest.Azure.Compaction;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Audit;

namespace Crowsnest.Cli;

/// <summary>The archive, and the range of it that a command is about.</summary>
internal static class ArchiveSource
{
    private static readonly string[] TimeFormats =
    [
        "yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK",
    ];

    internal static Option<DirectoryInfo?> Folder() => new("--archive")
    {
        Description = "Folder with a copy of the archive. Default: the archive of the deployment.",
        Recursive = true,
    };

    internal static Option<string?> From() => new("--from")
    {
        Description = "The first moment, UTC: 2026-11-02 or 2026-11-02T10:30.",
        Recursive = true,
    };

    internal static Option<string?> To() => new("--to")
    {
        Description = "The moment after the last, UTC: 2026-11-02 is up to its midnight.",
        Recursive = true,
    };

    /// <exception cref="UsageException">There is no such folder, or no usable connection.</exception>
    internal static IArchiveStore Open(string? storage, DirectoryInfo? folder) => folder is null
        ? new BlobArchiveStore(StorageSource.Open(storage).Archive)
        : folder.Exists ? new FolderArchiveStore(folder.FullName) : throw new UsageException($"there is no folder {folder.FullName}");

    /// <summary>Reads a range.</summary>
    /// <exception cref="UsageException">An end is missing or no time, or the range is empty.</exception>
    internal static (DateTimeOffset From, DateTimeOffset To) Range(string? from, string? to)
    {
        (DateTimeOffset first, DateTimeOffset end) = (Time("--from", from), Time("--to", to));
        return first < end ? (first, end) : throw new UsageException($"--from {from} is not before --to {to}");
    }

    /// <summary>Reads the events of a range, and says what was damaged.</summary>
    /// <exception cref="UsageException">The range holds nothing.</exception>
    internal static async Task ReadAsync(
        IArchiveStore store,
        (DateTimeOffset From, DateTimeOffset To) range,
        string? cluster,
        string what,
        Func<ArchivedHour, Task> use,
        CancellationToken cancellationToken)
    {
        ArchiveRange archive = new(store, new AuditEventParser(), "default", new CompactionOptions());
        bool any = await Terminal.WithProgressAsync(what, 100, async report =>
        {
            bool found = false;
            await foreach (ArchivedHour hour in archive.ReadAsync(range.From, range.To, cluster, Terminal.Say, cancellationToken))
            {
                report(100L * hour.Number / hour.Total);
                await use(hour);
                found = true;
            }

            return found;
        });
        if (!any)
        {
            throw new UsageException($"{store.Name} holds no events {Of(cluster)}from {Text(range.From)} up to {Text(range.To)}");
        }
    }

    /// <summary>A time for people.</summary>
    internal static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>The cluster for people; empty for all.</summary>
    internal static string Of(string? cluster) => cluster is null ? "" : $"of {cluster} ";

    /// <summary>Reads a time.</summary>
    /// <exception cref="UsageException">It is missing, or none.</exception>
    internal static DateTimeOffset Time(string option, string? text) => DateTimeOffset.TryParseExact(
        text,
        TimeFormats,
        CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
        out DateTimeOffset time)
        ? time
        : throw new UsageException(
            $"{option} {(text is null ? "is missing" : $"{text} is no time")}: give it as 2026-11-02 or 2026-11-02T10:30");
}
