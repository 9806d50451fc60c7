using System.Globalization;
using Crowsnest.Core.Scoring;
using Crowsnest.Learning;

namespace Crowsnest.Cli.Evaluation;

/// <summary>Trains detectors on the same history, scores the same events, and prints them side by side.</summary>
internal static class DetectorComparison
{
    private static readonly double[] Budgets = [1, 3, 10, 50];

    internal static async Task RunAsync(
        IReadOnlyList<FileInfo> history,
        IReadOnlyList<FileInfo> recordings,
        IReadOnlyList<LabelledEvent> labels,
        IReadOnlyList<Scenario> scenarios,
        double? days,
        FileInfo? plot,
        CancellationToken cancellationToken)
    {
        NewTermsDetector terms = new();
        TrainingOptions options = new();
        TrainingSet set = new(options.HashKey);
        await new InputReader("default").ReadRequestsAsync(history, "Learning", audit =>
        {
            terms.Learn(audit);
            set.Add(audit, alerted: false);
        }, cancellationToken);
        AnomalyModel model = ModelTrainer.Train(set, options, cancellationToken);
        IDetector[] detectors = [terms, new ResidualDetector(model, PlaneTrainer.Train(set, options)), new ModelDetector(model)];
        BlindThresholds blind = new(model);
        List<ScoredEvent>[] scored = [.. detectors.Select(static _ => new List<ScoredEvent>())];
        Dictionary<string, LabelledEvent> known = labels.ToDictionary(static label => label.AuditID, StringComparer.Ordinal);
        HashSet<string> attacks = [.. scenarios.Where(static scenario => scenario.Malicious).Select(static scenario => scenario.Id)];
        await new InputReader("default").ReadRequestsAsync(recordings, "Scoring", audit =>
        {
            LabelledEvent? label = known.GetValueOrDefault(audit.AuditId);
            if (label is { Induced: true } || label?.Scenario.Contains(Evaluator.CleanUp, StringComparison.Ordinal) == true
                || (label is { Malicious: true } && !attacks.Contains(label.Scenario)))
            {
                return;
            }

            blind.Add(audit, label is { Malicious: true } ? label.Scenario : null);
            for (int i = 0; i < detectors.Length; i++)
            {
                scored[i].Add(new ScoredEvent(
                    (audit.Principal, audit.Time.ToUnixTimeSeconds() / 3600),
                    detectors[i].Score(audit),
                    label is { Malicious: true } ? label.Scenario : null));
            }
        }, cancellationToken);
        double span = days ?? Evaluator.SpanInDays([.. scenarios.Where(s => s.AuditIDs.Any(known.ContainsKey))]);
        Print(detectors, scored, span);
        blind.Print(span);
        if (plot is not null)
        {
            BudgetPlot.Save(
                plot,
                [.. detectors.Select((detector, i) => (detector.Name, RankingEvaluator.Evaluate(scored[i], span, BudgetPlot.Budgets)))]);
            Terminal.Say($"wrote {plot.FullName}");
        }
    }

    private static void Print(IDetector[] detectors, List<ScoredEvent>[] scored, double days)
    {
        Console.WriteLine($"{"detector",-46}{"ROC-AUC",9}{"AP",8}   attack scenarios detected at so many false alerts a day");
        string heads = string.Concat(Budgets.Select(static budget => $"{"@" + budget.ToString(CultureInfo.InvariantCulture),8}"));
        Console.WriteLine($"{"",-63}   {heads}");
        for (int i = 0; i < detectors.Length; i++)
        {
            RankingResult result = RankingEvaluator.Evaluate(scored[i], days, Budgets);
            string detected = string.Concat(result.Detected.Select(static point =>
                string.Create(CultureInfo.InvariantCulture, $"{point.Detected,8:0.#}")));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{detectors[i].Name,-46}{result.Auc,9:0.0000}{result.AveragePrecision,8:0.000}   {detected} of {result.Attacks}"));
        }
    }
}
