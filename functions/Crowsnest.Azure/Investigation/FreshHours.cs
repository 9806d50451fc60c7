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
        return (overlay, await CompactAsync(store, folder, first, options, cancellationToken));
    }

    // Several may ask at once, in one process or in many: it is made aside and moved when it is whole.
    private static async Task<string?> CompactAsync(
        IArchiveStore store, string folder, DateTimeOffset first, InvestigationOptions options, CancellationToken cancellationToken)
    {
        string faults = Path.Combine(folder, "faults");
        if (!Directory.Exists(folder))
        {
            RemoveOld(Path.GetDirectoryName(folder)!);
            string aside = $"{folder}-{Guid.NewGuid():N}.part";
            ArchiveCache.CreatePrivate(aside);
            try
            {
                List<string> damaged = [];
                CompactionOptions compaction = new() { MemoryMegabytes = options.MemoryMegabytes / 4, WorkFolder = aside };
                OverlayArchiveStore made = new(store, new FolderArchiveStore(aside));
                await new ArchiveCompactor(made, RuleSet.Empty, new AuditEventParser(), "default", compaction).RunAsync(
                    first,
                    DateTimeOffset.MaxValue,
                    static _ => { },
                    (hour, fault) => damaged.Add(
                        $"what arrived in the hour of {hour:yyyy-MM-dd HH}:00 UTC is not in this answer: {fault.Message}"),
                    cancellationToken);
                await File.WriteAllLinesAsync(Path.Combine(aside, "faults"), damaged, cancellationToken);
                Directory.Move(aside, folder);
            }
            catch (IOException) when (Directory.Exists(folder))
            {
                // Somebody else was faster, with the same content.
            }
            finally
            {
                if (Directory.Exists(aside))
                {
                    Directory.Delete(aside, recursive: true);
                }
            }
        }

        string[] said = await File.ReadAllLinesAsync(faults, cancellationToken);
        return said.Length == 0 ? null : string.Join("; ", said);
    }

    private static DateTimeOffset HourOf(ArchiveItem item) => RawPath.Parse(item.Path)!.Hour;

    // What was fresh long ago is compacted by now, or part of what is fresh now. A question that still reads it would be hours old.
    private static void RemoveOld(string all)
    {
        DateTime old = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-2);
        foreach (string older in Directory.Exists(all) ? Directory.EnumerateDirectories(all) : [])
        {
            if (Directory.GetLastWriteTimeUtc(older) < old)
            {
                Directory.Delete(older, recursive: true);
            }
        }
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
                // An event never arrives before it happens, and what is fresh came no later than a day after it.
                if (RawPath.Parse(item.Path) is { } path && (scope.From is not { } from || path.Hour.AddHours(1) > from)
                    && (scope.To is not { } to || path.Hour < to.AddDays(1)))
                {
                    raw.Add(item);
                }
            }
        }

        return raw;
    }
}
