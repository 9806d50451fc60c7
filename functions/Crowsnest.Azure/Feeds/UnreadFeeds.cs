using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Feeds;
using Crowsnest.Core.Incidents;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Feeds;

/// <summary>Judges how much of a feed can't be read, and remembers since when, so that it is told once.</summary>
public sealed class UnreadFeeds(
    FeedTable feeds, ClusterTable clusters, DetectionTable detections, ChangeTable changes, IOptions<CrowsnestOptions> options)
{
    private readonly UnreadWatch _watch = new(options.Value.UnreadableShare, options.Value.UnreadableRecords);

    /// <summary>Judges a feed.</summary>
    /// <returns>What is wrong with it, the same as long as it lasts; or null.</returns>
    public async Task<FeedFault?> JudgeAsync(string cluster, DateTimeOffset now, CancellationToken cancellationToken)
    {
        UnreadSpell? known = await clusters.SpellAsync(cluster, cancellationToken);
        UnreadSpell? spell = _watch.Judge(await feeds.PulsesAsync(cluster, now - UnreadWatch.Window, now, cancellationToken), now, known);
        if (spell is null)
        {
            return null;
        }

        FeedFault fault = UnreadWatch.FaultOf(cluster, spell);
        if (spell.IsOver && known is { IsOver: false })
        {
            // The incident says that it is over; nobody is told again.
            Detection detection = fault.ToDetection();
            await detections.ReplaceAsync(detection, cancellationToken);
            await changes.MarkAsync([], [(ActorDay.Of(detection), detection.Severity)], cancellationToken);
        }

        if (spell != known)
        {
            await clusters.WriteSpellAsync(cluster, spell, cancellationToken);
        }

        return spell.IsOver ? null : fault;
    }
}
