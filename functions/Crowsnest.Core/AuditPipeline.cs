using Crowsnest.Core.Activity;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Judging;

namespace Crowsnest.Core;

/// <summary>
/// An event's journey: messages are taken apart into records, laid out for the archive, and judged. Writing, and the order
/// of it, is the caller's: the archive first, then detections, then alerts. Not thread-safe: one per worker.
/// </summary>
/// <param name="reader">Takes messages apart.</param>
/// <param name="judgeOf">The judge of a cluster: each has habits of its own.</param>
public sealed class AuditPipeline(MessageReader reader, Func<string, Judge> judgeOf)
{
    /// <summary>A pipeline with one judge for all clusters.</summary>
    public AuditPipeline(MessageReader reader, Judge judge)
        : this(reader, _ => judge)
    {
    }

    /// <summary>Reads messages into records. Dispose the batch when its events are no longer needed.</summary>
    public IntakeBatch Read(IEnumerable<HubMessage> messages)
    {
        IntakeBatch batch = new();
        foreach (HubMessage message in messages)
        {
            reader.Read(message, batch);
        }

        return batch;
    }

    /// <summary>
    /// Reads messages of a delivery from one on, until the batch is so full that the next should go into another: whatever small
    /// messages unpack to, memory holds a part of it at a time.
    /// </summary>
    /// <param name="messages">The messages of the delivery.</param>
    /// <param name="first">The first to read; at least this one is.</param>
    /// <param name="budget">What the delivery may hold in all.</param>
    public IntakeBatch ReadPart(IReadOnlyList<HubMessage> messages, int first, IntakeBudget budget)
    {
        IntakeBatch batch = new(budget);
        for (int i = first; i < messages.Count && !batch.IsHeavy; i++)
        {
            reader.Read(messages[i], batch);
        }

        return batch;
    }

    /// <summary>Lays the batch out for the archive.</summary>
    public static ArchivedBatch Archive(IntakeBatch batch, BatchPosition position, bool redact) =>
        RawArchive.Lay(batch.Records, position, redact);

    /// <summary>Judges every request of the batch once.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="evidence">Where each record lies, in the order of the batch.</param>
    /// <param name="judged">Requests judged before; receives those of this batch.</param>
    /// <param name="activity">Receives what correlations count, or null.</param>
    public List<Detection> Judge(
        IntakeBatch batch,
        IReadOnlyList<Evidence> evidence,
        ISet<RequestKey> judged,
        ActivityLog? activity = null)
    {
        List<Detection> detections = [];
        for (int i = 0; i < batch.Records.Count; i++)
        {
            // A request is judged at the first stage that carries its outcome; an event without an id stands for itself.
            if (batch.Records[i].Event is { HasOutcome: true } audit
                && (!audit.HasAuditId || judged.Add(RequestKey.Of(audit))))
            {
                Judge(audit, evidence[i], detections, activity);
            }
        }

        return detections;
    }

    /// <summary>
    /// Judges one request. Whatever its event does to a rule or to the model, the others of its batch are judged, and somebody is told.
    /// </summary>
    /// <param name="audit">The first of its events that has an outcome.</param>
    /// <param name="evidence">Where its record lies.</param>
    /// <param name="detections">Receives what was found.</param>
    /// <param name="activity">Receives what correlations count, or null.</param>
    public void Judge(AuditEvent audit, Evidence evidence, List<Detection> detections, ActivityLog? activity)
    {
        try
        {
            judgeOf(audit.Cluster).Add(audit, evidence, detections, activity);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            detections.Add(DetectionFactory.Unjudged(audit, evidence, fault));
        }
    }
}
