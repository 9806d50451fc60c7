namespace Crowsnest.Cli.Evaluation;

/// <summary>
/// Judges scores without a threshold of their own. An alert is about a principal in an hour, by its highest benign event; a
/// scenario is detected when one of its attacker's events lies above the threshold that gives just so many false alerts.
/// </summary>
internal static class RankingEvaluator
{
    internal static RankingResult Evaluate(IReadOnlyList<ScoredEvent> events, double days, IReadOnlyList<double> budgets)
    {
        Dictionary<(string, long), double> benign = [];
        Dictionary<string, double> attacks = new(StringComparer.Ordinal);
        foreach (ScoredEvent scored in events)
        {
            if (scored.Attack is { } attack)
            {
                attacks[attack] = Math.Max(attacks.GetValueOrDefault(attack, double.NegativeInfinity), scored.Score);
            }
            else
            {
                benign[scored.Unit] = Math.Max(benign.GetValueOrDefault(scored.Unit, double.NegativeInfinity), scored.Score);
            }
        }

        double[] units = [.. benign.Values.OrderDescending()];
        (double auc, double precision) = Areas(events);
        return new RankingResult(
            auc, precision, [.. budgets.Select(budget => (budget, Detected(attacks, units, budget * days)))], attacks.Count);
    }

    // With equal scores at the threshold some of them fit into the budget: the expectation over their order is taken.
    private static double Detected(Dictionary<string, double> attacks, double[] units, double allowed)
    {
        if (allowed >= units.Length)
        {
            return attacks.Count;
        }

        double threshold = units[(int)allowed];
        int above = units.Count(unit => unit > threshold);
        int equal = units.Count(unit => unit.Equals(threshold));
        double share = (allowed - above) / equal;
        return attacks.Values.Count(score => score > threshold) + (share * attacks.Values.Count(score => score.Equals(threshold)));
    }

    private static (double Auc, double AveragePrecision) Areas(IReadOnlyList<ScoredEvent> events)
    {
        long positives = events.Count(static scored => scored.Attack is not null);
        long negatives = events.Count - positives;
        if (positives == 0 || negatives == 0)
        {
            return (double.NaN, double.NaN);
        }

        double auc = 0;
        double precision = 0;
        long truly = 0;
        long falsely = 0;
        foreach (IGrouping<double, ScoredEvent> group in events.GroupBy(static scored => scored.Score)
            .OrderByDescending(static group => group.Key))
        {
            int hits = group.Count(static scored => scored.Attack is not null);
            int misses = group.Count() - hits;
            auc += misses * (truly + (hits / 2.0));
            truly += hits;
            falsely += misses;
            precision += hits * (truly / (double)(truly + falsely));
        }

        return (auc / (positives * (double)negatives), precision / positives);
    }
}
