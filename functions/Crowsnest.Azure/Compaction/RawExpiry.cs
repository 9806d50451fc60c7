using Crowsnest.Azure.Columns;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Archiving;

namespace Crowsnest.Azure.Compaction;

/// <summary>
/// Deletes raw blobs that are old enough, and only those whose events are in the archive's files. No lifecycle policy can know that, so
/// none deletes raw blobs: what was not compacted stays for as long as that takes.
/// </summary>
/// <param name="store">The archive.</param>
/// <param name="options">Where files on their way lie.</param>
public sealed class RawExpiry(IArchiveStore store, CompactionOptions options)
{
    /// <summary>Deletes.</summary>
    /// <param name="before">Blobs that arrived in this hour or later stay.</param>
    /// <param name="kept">Hears of hours of which something stays that is old enough, and why.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were deleted.</returns>
    public async Task<int> RunAsync(
        DateTimeOffset before, Action<DateTimeOffset, string> kept, CancellationToken cancellationToken)
    {
        SortedDictionary<DateTimeOffset, List<ArchiveItem>> old =
            await new RawListing(store).FindAsync(from: null, before, cancellationToken);
        if (old.Count == 0)
        {
            return 0;
        }

        ManifestChain chain = new(store);
        await chain.LoadAsync(cancellationToken);
        int deleted = 0;
        foreach ((DateTimeOffset hour, List<ArchiveItem> blobs) in old)
        {
            List<HourManifest> manifests = await chain.OfHourAsync(hour, cancellationToken);
            if (await LostAsync(manifests, cancellationToken) is { } lost)
            {
                kept(hour, lost);
                continue;
            }

            // What was damaged was set aside as it is, and what could be read of it is in the files.
            Dictionary<string, long?> done = new(StringComparer.Ordinal);
            foreach (HourManifest manifest in manifests)
            {
                manifest.Raw.ToList().ForEach(raw => done[raw.Blob] = raw.Length);
                manifest.Quarantined.Keys.ToList().ForEach(path => done[path] = null);
            }

            int left = 0;
            foreach (ArchiveItem blob in blobs)
            {
                bool isDone = done.TryGetValue(blob.Path, out long? length) && (length is null || length == blob.Length)
                    && await store.DeleteAsync(blob, cancellationToken);
                (deleted, left) = isDone ? (deleted + 1, left) : (deleted, left + 1);
            }

            if (left > 0)
            {
                kept(hour, $"{left} raw blobs were not compacted, have changed since, or are held");
            }
        }

        return deleted;
    }

    // A file only ever gains events: with fewer than a manifest says it is no longer the one that was counted.
    private async Task<string?> LostAsync(IReadOnlyList<HourManifest> manifests, CancellationToken cancellationToken)
    {
        string folder = options.NewFolder();
        try
        {
            string file = Path.Combine(folder, "events.parquet");
            foreach (IGrouping<string, ArchiveFileNote> notes in manifests.SelectMany(static manifest => manifest.Files)
                .GroupBy(static note => note.Events, StringComparer.Ordinal))
            {
                await using (FileStream content = File.Create(file))
                {
                    if (await store.ReadAsync(notes.Key, content, cancellationToken) is null)
                    {
                        return $"{notes.Key} is missing";
                    }
                }

                long rows = ColumnFileReader.Count(file);
                long most = notes.Max(static note => note.Rows);
                if (rows < most)
                {
                    return $"{notes.Key} has {rows} events and had {most}";
                }
            }

            return null;
        }
        catch (InvalidDataException damaged)
        {
            return damaged.Message;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
