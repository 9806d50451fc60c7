using Crowsnest.Azure.Compaction;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Rules;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Investigation;

/// <summary>Tries a rule on the latest days of the archive: how often would it have fired, and at whom?</summary>
public sealed class RuleTrial(
    IArchiveStore store, IOptions<CompactionOptions> options, IOptions<CrowsnestOptions> crowsnest, ILogger<RuleTrial> log)
{
    // A person waits for it, and the front end of the platform ends a request after 230 s.
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(60);

    private const int MostExamples = 50;

    /// <summary>Tries a rule, the latest day first.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="end">The moment after the last event.</param>
    /// <param name="days">How many days before that.</param>
    /// <param name="asker">Who asks, for the log.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<RuleTrialResult> RunAsync(
        SigmaRule rule, DateTimeOffset end, int days, string asker, CancellationToken cancellationToken)
    {
        DateTimeOffset begin = end.AddDays(-days);
        Log.ArchiveAsked(log, asker, "trial", rule.Reference.Title, null, begin, end);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Budget);
        ArchiveRange archive = new(store, new AuditEventParser(), crowsnest.Value.DefaultCluster, options.Value);
        Tally tally = new(rule);
        DateTimeOffset to = end;
        RuleTrialResult tried = tally.Result(end, end, isComplete: false);
        try
        {
            for (DateTimeOffset from; to > begin; to = from)
            {
                from = to.AddDays(-1) is var day && day > begin ? day : begin;
                await foreach (ArchivedHour hour in archive.ReadAsync(from, to, null, static _ => { }, limit.Token))
                {
                    tally.Add(hour, limit.Token);
                }

                tried = tally.Result(from, end, from <= begin);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The whole days until then are an answer too; it says how far it got.
        }

        return tried;
    }

    private sealed class Tally(SigmaRule rule)
    {
        private readonly AuditEventParser _parser = new();
        private readonly HashSet<RequestKey> _seen = [];
        private readonly Dictionary<(string Cluster, string Principal), int> _principals = [];
        private readonly List<RuleTrialExample> _examples = [];

        private long _requests;
        private int _matches;

        internal RuleTrialResult Result(DateTimeOffset from, DateTimeOffset to, bool isComplete) => new(
            from,
            to,
            isComplete,
            _requests,
            _matches,
            [
                .. _principals.OrderByDescending(static one => one.Value)
                    .ThenBy(static one => one.Key.Principal, StringComparer.Ordinal)
                    .Take(MostExamples).Select(static one => (one.Key.Cluster, one.Key.Principal, one.Value)),
            ],
            [.. _examples]);

        internal void Add(ArchivedHour hour, CancellationToken cancellationToken)
        {
            // The events of a request are of one hour, or of two next to each other: seldom enough for a trial.
            _seen.Clear();
            foreach (EventRow row in hour.Rows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (EventRow.Read(_parser, row.Json, hour.Cluster, row.Time) is not { HasOutcome: true } audit
                    || !_seen.Add(RequestKey.Of(audit)))
                {
                    continue;
                }

                _requests++;
                using EventView view = new(audit);
                if (!rule.IsMatch(view))
                {
                    continue;
                }

                _matches++;
                (string, string) who = (hour.Cluster, audit.Principal);
                _principals[who] = _principals.GetValueOrDefault(who) + 1;
                if (_examples.Count < MostExamples)
                {
                    _examples.Add(new RuleTrialExample(row.Time, hour.Cluster, audit.Principal, audit.AuditId));
                }
            }
        }
    }
}
