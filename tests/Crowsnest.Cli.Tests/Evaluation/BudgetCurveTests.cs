using Crowsnest.Cli.Evaluation;
using Crowsnest.Core.Detections;
using Crowsnest.Testing;

namespace Crowsnest.Cli.Tests.Evaluation;

/// <summary>One pass at the highest budget tells what lower ones would have given.</summary>
public sealed class BudgetCurveTests
{
    // Once in two days, and once in four hours.
    private static readonly Detection Rare = Odd("rare", days: 2);
    private static readonly Detection Frequent = Odd("frequent", days: 1.0 / 6);

    [Theory]
    [InlineData(0.4, 0)]
    [InlineData(0.5, 1)]
    [InlineData(3, 1)]
    [InlineData(6, 2)]
    public void OfBenign_LowerBudget_LeavesOutWhatIsLessRare(double budget, int incidents)
    {
        CurvePoint point = BudgetCurve.OfBenign([[Rare, Frequent], []], budget);

        Assert.Equal(incidents / 2.0, point.FalseIncidents);
        Assert.Equal((budget, 0), (point.Budget, point.Attacks));
    }

    [Fact]
    public void Draw_HostileName_IsTextAndTheSameAgain()
    {
        (string, IReadOnlyList<CurvePoint>)[] line = [("<a & b>", [new(1, 3, 4, 0.5, 1), new(3, 4, 4, 0.75, 1)])];

        string svg = CurveSvg.Draw(line, line);

        Assert.Contains("&lt;a &amp; b&gt;", svg, StringComparison.Ordinal);
        Assert.Contains("budget 3: 4 of 4, 0.75 false incidents a day", svg, StringComparison.Ordinal);
        Assert.Equal(svg, CurveSvg.Draw(line, line));
        System.Xml.Linq.XDocument.Parse(svg);
    }

    private static Detection Odd(string id, double days) => Some.Detection(id, severity: Severity.Medium, principal: id) with
    {
        Source = DetectionSource.Model,
        Score = Math.Round(Math.Log(days), 4),
    };
}
