using Crowsnest.Azure.Storage;
using Crowsnest.Core.Archiving;

namespace Crowsnest.Azure.Compaction;

/// <summary>Finds the raw blobs of hours of arrival, wherever this version or an older one put them.</summary>
/// <param name="store">The archive.</param>
public sealed class RawListing(IArchiveStore store)
{
    /// <summary>The blobs of each hour.</summary>
    /// <param name="from">The first hour of arrival, or null for all.</param>
    /// <param name="before">Hours from this time on are left out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<SortedDictionary<DateTimeOffset, List<ArchiveItem>>> FindAsync(
        DateTimeOffset? from, DateTimeOffset before, CancellationToken cancellationToken)
    {
        SortedDictionary<DateTimeOffset, List<ArchiveItem>> found = [];
        await foreach (string folder in DatesAsync(from, before, cancellationToken))
        {
            await foreach (ArchiveItem item in store.ListAsync(folder, cancellationToken))
            {
                if (RawPath.Parse(item.Path) is { } path && path.Hour < before && (from is null || path.Hour >= from))
                {
                    if (!found.TryGetValue(path.Hour, out List<ArchiveItem>? blobs))
                    {
                        found.Add(path.Hour, blobs = []);
                    }

                    blobs.Add(item);
                }
            }
        }

        return found;
    }

    // raw/date=…/ as it is written now, and raw/cluster=…/date=…/ as it was.
    private async IAsyncEnumerable<string> DatesAsync(
        DateTimeOffset? from,
        DateTimeOffset before,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (string folder in store.ListFoldersAsync(RawArchive.RawPrefix, cancellationToken))
        {
            if (ArchivePath.DateOf(folder) is { } date)
            {
                if (IsWithin(date))
                {
                    yield return folder;
                }

                continue;
            }

            await foreach (string inner in store.ListFoldersAsync(folder, cancellationToken))
            {
                if (ArchivePath.DateOf(inner) is { } day && IsWithin(day))
                {
                    yield return inner;
                }
            }
        }

        bool IsWithin(DateTimeOffset date) => date < before && (from is null || date.AddDays(1) > from);
    }
}
