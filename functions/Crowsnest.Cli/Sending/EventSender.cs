using Crowsnest.Azure.Hubs;
using Crowsnest.Core.Intake;

namespace Crowsnest.Cli.Sending;

/// <summary>Sends the records of files to a hub, in messages of several, at a pace.</summary>
internal sealed class EventSender(HubSender hub, AksEnvelope envelope, Pace pace, int recordsPerMessage, TimeProvider clock)
{
    // Shorter pauses than this cost more than they are worth: what is due within it goes at once.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);

    private readonly List<ReadOnlyMemory<byte>> _records = [];

    /// <summary>Records taken so far.</summary>
    internal long Taken { get; private set; }

    /// <summary>Records that could not be read, and were left out.</summary>
    internal long LeftOut { get; private set; }

    /// <summary>Takes a batch of records; their bytes are not needed afterwards.</summary>
    internal async Task TakeAsync(IntakeBatch batch, CancellationToken cancellationToken)
    {
        foreach (IntakeRecord record in batch.Records)
        {
            if (record.Outcome == IntakeOutcome.Quarantined)
            {
                LeftOut++;
                continue;
            }

            if (record.Event is { } audit && pace.Wait(Taken, audit.Time) is var wait && wait > ShortestPause)
            {
                await FlushAsync(cancellationToken);
                await Task.Delay(wait, clock, cancellationToken);
            }

            _records.Add(Wrap(record));
            Taken++;
            if (_records.Count == recordsPerMessage)
            {
                await AddMessageAsync(cancellationToken);
            }
        }
    }

    /// <summary>Sends what is left.</summary>
    internal async Task FlushAsync(CancellationToken cancellationToken)
    {
        await AddMessageAsync(cancellationToken);
        await hub.FlushAsync(cancellationToken);
    }

    // What came in an envelope of AKS keeps it; what a shipper wrapped, or a prefix preceded, may not even be JSON.
    private byte[] Wrap(in IntakeRecord record) =>
        record.Event is { } audit && (record.IsWrapped || audit.Json.Span.SequenceEqual(record.Raw.Span))
        ? envelope.Record(audit.Json.Span, audit.Time) : record.Raw.ToArray();

    private async Task AddMessageAsync(CancellationToken cancellationToken)
    {
        if (_records.Count > 0)
        {
            await hub.AddAsync(AksEnvelope.Message(_records), cancellationToken);
            _records.Clear();
        }
    }
}
