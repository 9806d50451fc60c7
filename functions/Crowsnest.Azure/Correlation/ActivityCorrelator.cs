using System.Diagnostics;
using Crowsnest.Azure.Content;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Incidents;
using Microsoft.Extensions.Logging;

namespace Crowsnest.Azure.Correlation;

/// <summary>
/// Looks at what has changed since the last run: finds surges and sequences in it, makes incidents of it, asks for alerts.
/// Everything is worked out anew from what is stored, so events that come late, twice or in another order lead to the same,
/// and a run that breaks off is made good by the next. One at a time: the host runs a timer function once, and a run that is
/// asked for besides waits.
/// </summary>
public sealed class ActivityCorrelator(
    ChangeTable changes,
    SurgeFinder surges,
    IncidentUpdater incidents,
    CurrentModel models,
    CurrentRules rules,
    ILogger<ActivityCorrelator> log) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);

    public void Dispose() => _one.Dispose();

    /// <summary>Deals with all that has changed.</summary>
    /// <returns>What came of it, in one line; null when nothing has changed.</returns>
    public async Task<string?> RunAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            long started = Stopwatch.GetTimestamp();
            IReadOnlyList<ChangeMark> marks = await changes.ReadAsync(cancellationToken);
            if (marks.Count == 0)
            {
                return null;
            }

            IReadOnlyCollection<ActorDay> found = await surges.RunAsync(
                [.. marks.Where(static mark => mark.Bucket is not null)
                    .Select(static mark => (mark.Cluster, mark.Bucket!.Value)).Distinct()],
                await rules.GetAsync(cancellationToken),
                await models.GetAsync(cancellationToken),
                cancellationToken);
            List<ActorDay> days = [.. marks.Select(static mark => mark.ActorDay).OfType<ActorDay>().Concat(found).Distinct()];
            (int updated, int alerts, int held) = await incidents.RunAsync(days, cancellationToken);

            // Last: what breaks off before is done again.
            await surges.ConfirmAsync(cancellationToken);
            await changes.RemoveAsync(marks, cancellationToken);
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            Log.Correlated(log, marks.Count, days.Count, updated, alerts, held, seconds);
            return $"{updated} incidents updated, {alerts} alerts asked for, {held} held back";
        }
        finally
        {
            _one.Release();
        }
    }
}
