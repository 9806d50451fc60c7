using System.Runtime.CompilerServices;
using Crowsnest.Azure.Columns;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;

namespace Crowsnest.Azure.Compaction;

/// <summary>
/// Reads a range of event time back: from the files of events, and from raw blobs that no manifest names yet. What stands in both is one.
/// </summary>
/// <param name="store">The archive.</param>
/// <param name="parser">Reads the events.</param>
/// <param name="defaultCluster">Cluster of old blobs whose paths name none.</param>
/// <param name="options">How much memory, and where files on their way lie.</param>
public sealed class ArchiveRange(IArchiveStore store, AuditEventParser parser, string defaultCluster, CompactionOptions options)
{
    /// <summary>Reads, hour by hour, and cluster by cluster within an hour.</summary>
    /// <param name="from">The first moment.</param>
    /// <param name="to">The moment after the last.</param>
    /// <param name="cluster">The only cluster to read, or null for all.</param>
    /// <param name="damaged">Hears of raw blobs that can't be read; what could be read of them is told.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidDataException">A file of events is damaged.</exception>
    public async IAsyncEnumerable<ArchivedHour> ReadAsync(
        DateTimeOffset from,
        DateTimeOffset to,
        string? cluster,
        Action<string> damaged,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string folder = options.NewFolder();
        try
        {
            EventSpool spool = new(folder, options.MemoryMegabytes * (1L << 20));
            await SpoolAsync(from, spool, damaged, cancellationToken);
            EventPlace[] places =
            [
                .. spool.Places.Union(await EventListing.FindAsync(store, from, to, cancellationToken))
                    .Where(place => place.Hour < to && place.Hour.AddHours(1) > from && (cluster is null || place.Cluster == cluster))
                    .OrderBy(static place => place.Hour).ThenBy(static place => place.Cluster, StringComparer.Ordinal),
            ];
            string file = Path.Combine(folder, "stored.parquet");
            for (int i = 0; i < places.Length; i++)
            {
                EventPlace place = places[i];
                bool isStored = await FetchAsync(place, file, cancellationToken);
                IEnumerable<EventRow>[] stored = isStored ? [EventFile.Read(file, place.Cluster, parser)] : [];
                IEnumerable<EventRow> rows = EventMerge.Merge([.. spool.Runs(place), .. stored]).Where(row => IsWithin(row, place.Hour));
                yield return new ArchivedHour(place.Cluster, place.Hour, i, places.Length, rows);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        // What is filed by arrival, because it says a time before all clusters, is of its hour.
        bool IsWithin(EventRow row, DateTimeOffset hour) => row.Time < to && (row.Time >= from || row.Time < hour);
    }

    // An event is of the hour in which it arrived, of one before, or of the first minutes of the next. It may come as late as it likes.
    private async Task SpoolAsync(DateTimeOffset from, EventSpool spool, Action<string> damaged, CancellationToken cancellationToken)
    {
        ManifestChain chain = new(store);
        await chain.LoadAsync(cancellationToken);
        RawBlobReader reader = new(parser, defaultCluster);
        foreach ((DateTimeOffset hour, List<ArchiveItem> blobs) in
            await new RawListing(store).FindAsync(from.AddHours(-2), DateTimeOffset.MaxValue, cancellationToken))
        {
            HashSet<string> done = await chain.DoneAsync(hour, cancellationToken);
            foreach (string path in blobs.Select(static blob => blob.Path).Where(path => !done.Contains(path)))
            {
                using MemoryStream content = new();
                if (await store.ReadAsync(path, content, cancellationToken) is null)
                {
                    // It was compacted meanwhile, and has expired.
                    continue;
                }

                try
                {
                    reader.Read(path, content.ToArray(), spool, cancellationToken);
                }
                catch (InvalidDataException fault)
                {
                    damaged($"{path} is damaged: {fault.Message}");
                }
            }
        }
    }

    private async Task<bool> FetchAsync(EventPlace place, string file, CancellationToken cancellationToken)
    {
        await using FileStream content = File.Create(file);
        return await store.ReadAsync(ArchivePath.Events(place.Cluster, place.Hour), content, cancellationToken) is not null;
    }
}
