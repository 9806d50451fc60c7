using Azure.Data.Tables;
using Crowsnest.Core.Activity;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Feeds;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Intake;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// Writes what a batch leaves of its clusters beside detections: what was counted, how their feeds were, and marks for what has changed. It
/// is a transaction for each partition that clusters share, so marks and what they point to are there at once.
/// </summary>
public sealed class BatchTable(StorageClients storage, ChangeTable changes, FeedTable feeds)
{
    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.ActivityTable);

    /// <summary>Writes. To be called when the batch's detections are written, which marks point to too.</summary>
    /// <param name="activity">What was counted.</param>
    /// <param name="days">Days of actors that have new detections, and how grave these are.</param>
    /// <param name="tallies">The counts of records.</param>
    /// <param name="pulses">What else the batch says of the same feeds.</param>
    /// <param name="position">Where the batch stands in the hub.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task WriteAsync(
        ActivityLog activity,
        IEnumerable<(ActorDay Day, Severity Severity)> days,
        IReadOnlyDictionary<(string Cluster, DateOnly Day), FeedTally> tallies,
        IReadOnlyDictionary<(string Cluster, DateOnly Day), FeedPulse> pulses,
        BatchPosition position,
        CancellationToken cancellationToken)
    {
        SharedRows rows = new();
        FeedTable.Add(rows, tallies, pulses, position);
        changes.Add(rows, ActivityTable.Add(rows, activity, position), days);
        await rows.SubmitAsync(_table, cancellationToken);
        await feeds.NoteAsync(tallies.Keys.Select(static feed => feed.Cluster), cancellationToken);
    }
}
