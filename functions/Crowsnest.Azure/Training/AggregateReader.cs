using Crowsnest.Azure.Storage;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Rules;
using Crowsnest.Learning;
using Microsoft.Extensions.Logging;

namespace Crowsnest.Azure.Training;

/// <summary>
/// Reads what there is to train on: the aggregates of the hours, found by cluster and day, several at once. Which request counts to which
/// row is read only of the days that alerts are about.
/// </summary>
internal sealed class AggregateReader(IArchiveStore store, ILogger log)
{
    private const int AtOnce = 16;

    /// <summary>The clusters that have any.</summary>
    internal async Task<IReadOnlyList<string>> ClustersAsync(CancellationToken cancellationToken)
    {
        List<string> clusters = [];
        await foreach (string folder in store.ListFoldersAsync(ArchivePath.TrainingPrefix, cancellationToken))
        {
            if (ArchivePath.ClusterOf(folder) is { } cluster)
            {
                clusters.Add(cluster);
            }
        }

        return clusters;
    }

    /// <summary>Reads.</summary>
    /// <param name="only">The cluster, or null for all.</param>
    /// <param name="days">How many days, up to the last one that anything is known of: a recorded month teaches as well.</param>
    /// <param name="today">Days after this one are left out: whoever may date events ahead must not make all others too old.</param>
    /// <param name="options">How to train.</param>
    /// <param name="rules">The rules whose correlations want to know what is usual.</param>
    /// <param name="alerted">What must not become normal.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The set, and of how many hours it is.</returns>
    internal async Task<(TrainingSet Set, int Hours)> ReadAsync(
        string? only,
        int days,
        DateOnly today,
        TrainingOptions options,
        RuleSet rules,
        AlertedRequests alerted,
        CancellationToken cancellationToken)
    {
        TrainingSet set = new(options.HashKey, rules);
        int hours = 0;
        foreach (string[] some in (await ListAsync(only, days, today, cancellationToken)).Chunk(AtOnce))
        {
            // Merged in the order of their names: the last bits of a fit depend on it.
            foreach ((string path, MemoryStream aggregate, MemoryStream? requests, RequestIds? ids) in
                await Task.WhenAll(some.Select(path => LoadAsync(path, alerted, cancellationToken))))
            {
                try
                {
                    set.Read(aggregate, requests, ids);
                    hours++;
                }
                catch (InvalidDataException damaged)
                {
                    Log.AggregateNotRead(log, path, damaged);
                }
            }
        }

        return (set, hours);
    }

    private async Task<List<string>> ListAsync(string? only, int days, DateOnly today, CancellationToken cancellationToken)
    {
        List<(string Folder, DateOnly Day)> folders = [];
        await foreach (string cluster in store.ListFoldersAsync(ArchivePath.TrainingPrefix, cancellationToken))
        {
            if (only is not null && ArchivePath.ClusterOf(cluster) != only)
            {
                continue;
            }

            await foreach (string folder in store.ListFoldersAsync(cluster, cancellationToken))
            {
                if (ArchivePath.DateOf(folder) is { } date && DateOnly.FromDateTime(date.UtcDateTime) is DateOnly day && day <= today)
                {
                    folders.Add((folder, day));
                }
            }
        }

        List<string> found = [];
        DateOnly first = folders.Select(static folder => folder.Day).DefaultIfEmpty(today).Max().AddDays(-days);
        foreach ((string folder, DateOnly _) in folders.Where(folder => folder.Day >= first))
        {
            await foreach (ArchiveItem item in store.ListAsync(folder, cancellationToken))
            {
                if (ArchivePath.TryParse(item.Path, out string cluster, out DateTimeOffset hour)
                    && item.Path == ArchivePath.Training(cluster, hour))
                {
                    found.Add(item.Path);
                }
            }
        }

        return found;
    }

    private async Task<(string Path, MemoryStream Aggregate, MemoryStream? Requests, RequestIds? Ids)> LoadAsync(
        string path, AlertedRequests alerted, CancellationToken cancellationToken)
    {
        _ = ArchivePath.TryParse(path, out string cluster, out DateTimeOffset hour);
        RequestIds? ids = alerted.Of(cluster, DateOnly.FromDateTime(hour.UtcDateTime));
        MemoryStream aggregate = new();
        await store.ReadAsync(path, aggregate, cancellationToken);
        aggregate.Position = 0;
        MemoryStream? requests = ids is null ? null : new MemoryStream();
        if (requests is not null)
        {
            await store.ReadAsync(ArchivePath.TrainingRequests(cluster, hour), requests, cancellationToken);
            requests.Position = 0;
        }

        return (path, aggregate, requests, ids);
    }
}
