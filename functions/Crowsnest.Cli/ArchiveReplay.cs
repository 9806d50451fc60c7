using System.Diagnostics;
using Crowsnest.Azure.Storage;
using Crowsnest.Core;
using Crowsnest.Core.Activity;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Judging;

namespace Crowsnest.Cli;

/// <summary>Judges a range of the archive as if it came in today: other rules, another model, the same events.</summary>
internal static class ArchiveReplay
{
    /// <summary>Judges every request of the range once. Evidence is where the raw records lie, as it was when they came in.</summary>
    internal static async Task<List<Detection>> JudgeAsync(
        IArchiveStore store,
        (DateTimeOffset From, DateTimeOffset To) range,
        string? cluster,
        Judge judge,
        ActivityLog activity,
        CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        AuditEventParser parser = new();
        AuditPipeline pipeline = new(new MessageReader(parser, "default"), judge);
        List<Detection> found = [];
        (DateTimeOffset Hour, HashSet<RequestKey> Judged, HashSet<RequestKey> Before) = (DateTimeOffset.MinValue, [], []);
        long events = 0;
        long requests = 0;
        await ArchiveSource.ReadAsync(
            store,
            range,
            cluster,
            "Judging",
            hour =>
            {
                // The events of a request are of one hour, or of two where a clock was ahead. A month's requests would fill memory.
                if (hour.Hour != Hour)
                {
                    (Hour, Judged, Before) = (hour.Hour, [], Judged);
                }

                foreach (EventRow row in hour.Rows)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    events++;
                    AuditEvent audit = EventRow.Read(parser, row.Json, hour.Cluster, row.Time)
                        ?? throw new InvalidDataException($"line {row.Line} of {row.Blob} was an event and is none");
                    RequestKey key = RequestKey.Of(audit);
                    if (audit.HasOutcome && (audit.AuditId.Length == 0 || (!Before.Contains(key) && Judged.Add(key))))
                    {
                        requests++;
                        pipeline.Judge(audit, new Evidence(row.Blob, row.Line), found, activity);
                    }
                }

                return Task.CompletedTask;
            },
            cancellationToken);
        Terminal.Say(
            $"{Terminal.Number(events)} events of the archive from {ArchiveSource.Text(range.From)} up to {ArchiveSource.Text(range.To)}; "
            + $"{Terminal.Number(requests)} requests judged in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
        return found;
    }
}
