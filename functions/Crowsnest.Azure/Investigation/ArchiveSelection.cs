using System.Collections.Concurrent;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Archiving;

namespace Crowsnest.Azure.Investigation;

/// <summary>The files that hold what a question is about.</summary>
/// <param name="From">Event time from which on.</param>
/// <param name="To">Event time before which.</param>
/// <param name="Events">Files of events, in order of cluster and hour.</param>
/// <param name="Ledger">Files of the ledger, in the same order.</param>
internal sealed record ArchiveSelection(
    DateTimeOffset From, DateTimeOffset To, IReadOnlyList<ArchiveFile> Events, IReadOnlyList<ArchiveFile> Ledger)
{
    private const int MostAtOnce = 8;

    internal IReadOnlyList<string> Clusters => [.. Events.Select(static file => file.Cluster).Distinct(StringComparer.Ordinal)];

    /// <summary>Finds the files.</summary>
    /// <exception cref="InvestigationException">There are none.</exception>
    internal static async Task<ArchiveSelection> FindAsync(IArchiveStore store, ArchiveScope scope, CancellationToken cancellationToken)
    {
        List<string> folders = [];
        await foreach (string folder in store.ListFoldersAsync(ArchivePath.EventsPrefix, cancellationToken))
        {
            if (scope.Cluster is not { } only || folder == $"{ArchivePath.EventsPrefix}cluster={only}/")
            {
                folders.Add(folder);
            }
        }

        if (folders.Count == 0)
        {
            throw new InvestigationException(scope.Cluster is { } missing
                ? $"{store.Name} has no events of a cluster {missing}"
                : $"{store.Name} holds no compacted events: run 'crowsnest archive compact', or name another archive");
        }

        List<(string Folder, DateTimeOffset Date)> dates = [];
        foreach (string folder in folders)
        {
            await foreach (string inner in store.ListFoldersAsync(folder, cancellationToken))
            {
                if (ArchivePath.DateOf(inner) is { } date)
                {
                    dates.Add((inner, date));
                }
            }
        }

        DateTimeOffset to = scope.To ?? dates.Max(static date => date.Date).AddDays(1);
        DateTimeOffset from = scope.From ?? to.AddDays(-ArchiveScope.DefaultDays);
        if (from >= to)
        {
            throw new InvestigationException("--from must lie before --to");
        }

        List<string> wanted = [.. dates.Where(date => date.Date < to && date.Date.AddDays(1) > from).Select(static date => date.Folder)];
        IReadOnlyList<ArchiveFile> events = await ListAsync(store, wanted, from, to, cancellationToken);
        IReadOnlyList<ArchiveFile> ledger = await ListAsync(
            store, wanted.ConvertAll(static folder => ArchivePath.LedgerPrefix + folder[ArchivePath.EventsPrefix.Length..]), from, to,
            cancellationToken);
        return events.Count > 0 && ledger.Count > 0 ? new ArchiveSelection(from, to, events, ledger)
            : throw new InvestigationException(
                $"{store.Name} has no events from {from:yyyy-MM-dd HH:mm} to {to:yyyy-MM-dd HH:mm} UTC; "
                + $"it has some from {dates.Min(static date => date.Date):yyyy-MM-dd} to {dates.Max(static date => date.Date):yyyy-MM-dd}");
    }

    private static async Task<IReadOnlyList<ArchiveFile>> ListAsync(
        IArchiveStore store, IReadOnlyList<string> folders, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        ConcurrentBag<ArchiveFile> found = [];
        ParallelOptions several = new() { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(folders, several, async (folder, cancel) =>
        {
            await foreach (ArchiveItem item in store.ListAsync(folder, cancel))
            {
                if (ArchivePath.TryParse(item.Path, out string cluster, out DateTimeOffset hour)
                    && hour < to && hour.AddHours(1) > from && item.Path.EndsWith(".parquet", StringComparison.Ordinal))
                {
                    found.Add(new ArchiveFile(item, cluster, hour));
                }
            }
        });
        return [.. found.OrderBy(static file => file.Cluster, StringComparer.Ordinal).ThenBy(static file => file.Hour)];
    }
}
