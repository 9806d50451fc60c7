using Crowsnest.Azure.Content;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Feeds;
using Crowsnest.Core.Incidents;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Correlation;

/// <summary>Tells which clusters are in their first days.</summary>
public sealed class NewClusters(CurrentModel models, ClusterTable clusters, TimeProvider clock, IOptions<CrowsnestOptions> options)
{
    /// <summary>
    /// The first days of a cluster, or null when they are over. They are so once a model knows as many days of it, and at the latest
    /// when as many have passed since it was seen first. Without any model no habit will ever be known: nothing is to be waited for.
    /// </summary>
    public async Task<FirstDays?> OfAsync(string cluster, CancellationToken cancellationToken)
    {
        int days = options.Value.FirstDays;
        if (days == 0 || await models.GetAsync(cluster, cancellationToken) is not { } model
            || FirstDays.Unknown(model, days) <= TimeSpan.Zero)
        {
            return null;
        }

        DateTimeOffset now = clock.GetUtcNow();
        FirstDays first = Of(await clusters.NoteAsync(cluster, now, cancellationToken), days);
        return now < first.Until ? first : null;
    }

    /// <summary>The first days of each cluster, whether they are over or not; of none when there are none to be told together.</summary>
    public async Task<IReadOnlyDictionary<string, FirstDays>> AllAsync(CancellationToken cancellationToken) =>
        options.Value.FirstDays is not (> 0 and var days) ? new Dictionary<string, FirstDays>()
            : (await clusters.NoteAsync(clock.GetUtcNow(), cancellationToken))
                .ToDictionary(static one => one.Name, one => Of(one.Noted, days), StringComparer.Ordinal);

    private static FirstDays Of(DateTimeOffset noted, int days) => new(FeedHour.StartOf(noted), FeedHour.StartOf(noted).AddDays(days));
}
