using Crowsnest.Cli.Evaluation;

namespace Crowsnest.Cli.Tests.Evaluation;

public sealed class RankingEvaluatorTests
{
    [Fact]
    public void Evaluate_ThresholdGivesJustTheBudget()
    {
        // Ten benign hours with scores 0 to 9; attacks at 9.5, 8.5 and 4.5.
        List<ScoredEvent> events = [.. Enumerable.Range(0, 10).Select(static i => Benign("p", i, i))];
        events.AddRange([Attack("a", 9.5), Attack("b", 8.5), Attack("b", 0), Attack("c", 4.5)]);

        RankingResult result = RankingEvaluator.Evaluate(events, days: 1, [0, 1, 4, 5, 99]);

        Assert.Equal([1, 2, 2, 3, 3], result.Detected.Select(static point => point.Detected));
        Assert.Equal(3, result.Attacks);
    }

    [Fact]
    public void Evaluate_EventsOfOneHour_AreOneAlert()
    {
        List<ScoredEvent> events = [.. Enumerable.Range(0, 100).Select(static i => Benign("p", 1, 5)), Benign("q", 1, 1), Attack("a", 3)];

        Assert.Equal(1, RankingEvaluator.Evaluate(events, days: 1, [1]).Detected[0].Detected);
    }

    [Fact]
    public void Evaluate_TiesAtTheThreshold_CountByExpectation()
    {
        // Four benign hours and two attacks tie; a budget of one takes a quarter of them.
        List<ScoredEvent> events =
            [.. Enumerable.Range(0, 4).Select(static i => Benign("p", i, 1)), Attack("a", 1), Attack("b", 1), Benign("p", 9, 0)];

        RankingResult result = RankingEvaluator.Evaluate(events, days: 1, [1]);

        Assert.Equal(0.5, result.Detected[0].Detected);
    }

    [Fact]
    public void Evaluate_Areas_AreThoseOfTheDefinition()
    {
        List<ScoredEvent> perfect = [Attack("a", 3), Attack("a", 2), Benign("p", 1, 1), Benign("p", 2, 0)];
        List<ScoredEvent> mixed = [Attack("a", 3), Benign("p", 1, 2), Attack("a", 1), Benign("p", 2, 0)];

        Assert.Equal((1.0, 1.0), Areas(perfect));
        Assert.Equal((0.75, (1 + (2 / 3.0)) / 2), Areas(mixed));
    }

    private static (double, double) Areas(List<ScoredEvent> events)
    {
        RankingResult result = RankingEvaluator.Evaluate(events, 1, [1]);
        return (result.Auc, result.AveragePrecision);
    }

    private static ScoredEvent Benign(string principal, long hour, double score) => new((principal, hour), score, null);

    private static ScoredEvent Attack(string scenario, double score) => new(("x", 0), score, scenario);
}
