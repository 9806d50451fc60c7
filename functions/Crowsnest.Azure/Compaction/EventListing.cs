using Crowsnest.Azure.Storage;
using Crowsnest.Core.Archiving;

namespace Crowsnest.Azure.Compaction;

/// <summary>Finds the files of events.</summary>
internal static class EventListing
{
    /// <summary>The hours that have a file and touch a range.</summary>
    internal static async Task<List<EventPlace>> FindAsync(
        IArchiveStore store, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        List<EventPlace> found = [];
        await foreach (string cluster in store.ListFoldersAsync(ArchivePath.EventsPrefix, cancellationToken))
        {
            await foreach (string folder in store.ListFoldersAsync(cluster, cancellationToken))
            {
                if (ArchivePath.DateOf(folder) is not { } date || date >= to || date.AddDays(1) <= from)
                {
                    continue;
                }

                await foreach (ArchiveItem item in store.ListAsync(folder, cancellationToken))
                {
                    if (ArchivePath.TryParse(item.Path, out string name, out DateTimeOffset hour)
                        && item.Path == ArchivePath.Events(name, hour) && hour < to && hour.AddHours(1) > from)
                    {
                        found.Add(new EventPlace(name, hour));
                    }
                }
            }
        }

        return found;
    }
}
