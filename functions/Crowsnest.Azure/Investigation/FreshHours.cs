using System.Globalization;
using Crowsnest.Azure.Compaction;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Rules;

namespace Crowsnest.Azure.Investigation;

/// <summary>
/// What <c>CompactArchive</c> has not come to yet: who asks in the middle of an attack asks about this hour. It is compacted beside the
/// archive, into the folder of the cache.
/// </summary>
internal static class FreshHours
{
    // CompactArchive runs each hour; what it left for longer than this is found by `archive verify`.
    private const int MostDates = 3;

    /// <summary>The archive with its newest hours.</summary>
    /// <returns>The archive, and what a reader must know about its newest hours, or null.</returns>
    internal static async Task<(IArchiveStore Archive, string? Note)> OpenAsync(
        IArchiveStore store, ArchiveScope scope, InvestigationOptions options, CancellationToken cancellationToken)
    {
        List<ArchiveItem> raw = await RawAsync(store, scope, cancellationToken);
        if (raw.Count == 0)
        {
            return (store, null);
        }

        ManifestChain chain = new(store);
        await chain.LoadAsync(cancellationToken);
        List<ArchiveItem> left = [];
        foreach (IGrouping<DateTimeOffset, ArchiveItem> hour in raw.GroupBy(static item => HourOf(item)))
        {
            HashSet<string> done = await chain.DoneAsync(hour.Key, cancellationToken);
            left.AddRange(hour.Where(item => !done.Contains(item.Path)));
        }

        if (left.Count == 0)
        {
            return (store, null);
        }

        DateTimeOffset first = left.Min(HourOf);
        long bytes = left.Sum(static item => item.Length);
        if (bytes > options.FreshMegabytes * (1L << 20))
        {
            return (store, string.Create(
                CultureInfo.InvariantCulture,
                $"what arrived since {first:yyyy-MM-dd HH}:00 UTC is not in this answer: {left.Count:N0} raw blobs, {bytes >> 20:N0} MB, "
                + $"are not compacted yet; run 'crowsnest archive compact'"));
        }

        string folder = Path.Combine(
            ArchiveCache.FolderOf(store, options),
            "fresh",
            ContentId.Of(left.Select(static item => item.Path + item.ETag).ToArray())[..16]);
        OverlayArchiveStore overlay = new(store, new FolderArchiveStore(folder));
        if (!File.Exists(Done(folder)))
        {
            Begin(folder);
            CompactionOptions compaction = new() { MemoryMegabytes = options.MemoryMegabytes / 4, WorkFolder = folder };
            await new ArchiveCompactor(overlay, RuleSet.Empty, new AuditEventParser(), "default", compaction).RunAsync(
                first, DateTimeOffset.MaxValue, static _ => { }, static (_, _) => { }, cancellationToken);
            await File.WriteAllTextAsync(Done(folder), "", cancellationToken);
        }

        return (overlay, null);
    }

    private static DateTimeOffset HourOf(ArchiveItem item) => RawPath.Parse(item.Path)!.Hour;

    private static string Done(string folder) => Path.Combine(folder, "complete");

    // What was fresh before is either compacted by now or part of what is fresh now.
    private static void Begin(string folder)
    {
        string all = Path.GetDirectoryName(folder)!;
        if (Directory.Exists(all))
        {
            foreach (string older in Directory.EnumerateDirectories(all))
            {
                Directory.Delete(older, recursive: true);
            }
        }

        ArchiveCache.CreatePrivate(folder);
    }

    private static async Task<List<ArchiveItem>> RawAsync(IArchiveStore store, ArchiveScope scope, CancellationToken cancellationToken)
    {
        List<string> dates = [];
        await foreach (string folder in store.ListFoldersAsync(RawArchive.RawPrefix, cancellationToken))
        {
            if (ArchivePath.DateOf(folder) is not null)
            {
                dates.Add(folder);
            }
        }

        List<ArchiveItem> raw = [];
        foreach (string date in dates.TakeLast(MostDates))
        {
            await foreach (ArchiveItem item in store.ListAsync(date, cancellationToken))
            {
                // An event never arrives before it happens; how much later it may, nobody knows.
                if (RawPath.Parse(item.Path) is { } path && (scope.From is not { } from || path.Hour.AddHours(1) > from))
                {
                    raw.Add(item);
                }
            }
        }

        return raw;
    }
}
