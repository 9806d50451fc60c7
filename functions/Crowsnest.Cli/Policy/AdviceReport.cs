using System.Globalization;
using Crowsnest.Azure.Investigation;
using Crowsnest.Core.Policy;

namespace Crowsnest.Cli.Policy;

/// <summary>Says what an advised policy is for, what it saves, and what a capture can't tell.</summary>
internal static class AdviceReport
{
    private const int MostNamed = 8;
    private const double GB = 1e9;

    /// <summary>What stands at the head of the policy.</summary>
    internal static List<string> Head(Advice advice, KeptRules kept, bool keepsModel, bool hasModel, double? budget)
    {
        PolicySimulation simulation = advice.Simulation;
        Volume total = simulation.Total;
        double days = simulation.Days;
        List<string> head =
        [
            $"Keeps {kept.Rules.Count} rules sighted{(keepsModel ? ", and every request that the model learns from and judges" : "")}.",
            $"Capture: {Number(total.Events)} events of {days.ToString("0.0", CultureInfo.InvariantCulture)} days, "
                + $"{simulation.First.UtcDateTime:yyyy-MM-dd HH:mm} to {simulation.Last.UtcDateTime:yyyy-MM-dd HH:mm} UTC.",
            $"Left: {Gigabytes(total.BytesLeft / days)} of {Gigabytes(total.Bytes / days)} GB a day, "
                + $"{Percent(total.BytesLeft, total.Bytes)} % fewer bytes and {Percent(total.EventsLeft, total.Events)} % fewer events.",
            "Simulated on the capture by the rules" + (hasModel ? " and the model: " : keepsModel ? " alone, without a model: " : ": ")
                + string.Join("; ", advice.Checks.Select(Text)) + ".",
        ];
        if (keepsModel && advice.Drops)
        {
            head.Add("A model that is trained under this policy no longer learns the rhythm of what is dropped, so its scores shift a "
                + "little; with --keep-events it stays as it is, to the bit.");
        }

        if (advice.Needed.Count > 0)
        {
            head.Add($"Not dropped, since something was found in what they do: {List(advice.Needed)}.");
        }

        if (budget is { } most && total.BytesLeft / days > most * GB)
        {
            head.Add($"The budget of {most.ToString(CultureInfo.InvariantCulture)} GB a day is NOT met: rules and model need the rest. "
                + "Choose fewer rules with --keep.");
        }

        head.AddRange(Unknown(advice, kept));
        return head;
    }

    internal static Report Of(Advice advice, IReadOnlyList<string> head)
    {
        PolicySimulation simulation = advice.Simulation;
        return new Report(
            "Which is the cheapest policy that keeps the rules sighted?",
            simulation.First,
            simulation.Last,
            ["capture"],
            [
                new("rules", "Rules of the policy", ["rule", "level", "why", "loses", "bytes", "bytes_left", "saved_percent"],
                    [.. advice.Rules.Select(one => Row(one, simulation))]),
                new("checks", "What is found before and after", ["what", "before", "after", "lost", "new"],
                    [.. advice.Checks.Select(static check => (IReadOnlyList<object?>)
                        [check.What, (long)check.Before, (long)check.After, (long)check.Lost, (long)check.New])]),
                new("droppable", "Whose requests touch no power and no rule names", ["principal", "bytes"],
                    [.. advice.Advisor.Droppable.Select(one => (IReadOnlyList<object?>)[one.Principal, Day(one.Bytes, simulation)])]),
            ],
            head);
    }

    private static IEnumerable<string> Unknown(Advice advice, KeptRules kept)
    {
        yield return "What a capture can't tell:";
        string[] unseen =
        [
            .. advice.Advisor.Unseen().Select(static kind => kind.ToString()).Distinct().Order(StringComparer.Ordinal),
        ];
        if (unseen.Length > 0)
        {
            yield return $"- {unseen.Length} kinds of request that rules look for are not in it. They are logged as the rules need "
                + $"them, at a cost that is not known: {List(unseen)}.";
        }

        if (advice.Simulation.Total.Larger > 0)
        {
            yield return $"- {Number(advice.Simulation.Total.Larger)} events are logged with a body that the capture does not hold: what "
                + "is left is more by these.";
        }

        yield return "- What its own policy left out is in none of the figures.";
        if (advice.Advisor.Unplaced is { Count: > 0 } unplaced)
        {
            yield return $"- The API groups of these kinds are not known, so their bodies are not logged; add them if you have them: "
                + $"{string.Join(", ", unplaced)}.";
        }

        RuleSight sight = new(advice.Policy, advice.Simulation.Cells.All.Keys);
        string[] blind =
        [
            .. kept.Rules.Select(rule => (rule.Label, Why: sight.Blindness(rule))).Where(static one => one.Why.Length > 0)
                .Select(static one => $"{one.Label} ({one.Why})").Order(StringComparer.Ordinal),
        ];
        foreach (string one in blind)
        {
            yield return $"- Not wholly sighted: {one}.";
        }
    }

    private static IReadOnlyList<object?> Row(AdvisedRule one, PolicySimulation simulation)
    {
        Volume volume = simulation.ByRule.GetValueOrDefault(one.Rule.Number) ?? new Volume();
        double saved = 100.0 * (volume.Bytes - volume.BytesLeft) / Math.Max(1, simulation.Total.Bytes);
        return
        [
            (long)one.Rule.Number, one.Rule.Level.ToString(), one.Why, one.Loses, Day(volume.Bytes, simulation),
            Day(volume.BytesLeft, simulation), Math.Round(saved, 1),
        ];
    }

    private static string Text(AdviceCheck check) => check.IsSame ? $"{Number(check.Before)} {check.What} before and after, the same"
        : $"{Number(check.Before)} {check.What} before, {check.Lost} LOST OR CHANGED, {check.New} new or changed";

    private static long Day(long bytes, PolicySimulation simulation) => (long)Math.Round(bytes / simulation.Days);

    private static string Percent(long left, long all) =>
        (100.0 * (all - left) / Math.Max(1, all)).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Gigabytes(double bytes) => (bytes / GB).ToString("0.0000", CultureInfo.InvariantCulture);

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string List(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MostNamed)) + (names.Count > MostNamed ? $" and {names.Count - MostNamed} more" : "");
}
