using Crowsnest.Cli.Evaluation;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;

namespace Crowsnest.Cli.Tests.Evaluation;

public sealed class EvaluatorTests
{
    private static readonly DateTimeOffset Day = new(2026, 11, 2, 10, 0, 0, TimeSpan.Zero);

    private static readonly LabelledEvent[] Labels =
    [
        new("m1", "dev-1-attack", Malicious: true, Induced: false),
        new("i1", "dev-1-attack", Malicious: false, Induced: true),
        new("m2", "dev-2-attack", Malicious: true, Induced: false),
        new("h1", "dev-3-hb-teardown", Malicious: false, Induced: false),
        new("r1", "hb-ir-dev-1-attack", Malicious: false, Induced: false),
    ];

    private static readonly Scenario[] Scenarios =
    [
        new("dev-1-attack", "attack", true, "dev", Day, Day, ["m1", "i1"]),
        new("dev-2-attack", "attack", true, "dev", Day.AddDays(1), Day.AddDays(1), ["m2"]),
        new("dev-3-hb-teardown", "hard-benign", false, "dev", Day, Day, ["h1"]),
        new("train-1-attack", "attack", true, "train", Day, Day.AddDays(-9), ["t1"]),
    ];

    [Fact]
    public void Evaluate_Alerts_AreCountedAsTheLabelsSay()
    {
        EvaluationResult result = Evaluator.Evaluate(
            [
                Alert("a", "x", "m1"),
                Alert("b", "y", "m1", "other"),
                Alert("c", "z", "i1"),
                Alert("d", "z", "h1"),
                Alert("e", "z", "r1"),
                Alert("f", "z", "unknown"),
            ],
            Labels,
            Scenarios,
            days: null);

        Assert.Equal(["dev-1-attack"], result.Detected);
        Assert.Equal(["dev-2-attack"], result.Missed);
        Assert.Equal(2, result.FalseAlerts);
        Assert.Equal(1, result.FalseAlertsPerDay);
        Assert.Equal(1, result.FalseIncidents);
        Assert.Equal([1, 1, 4], result.Lines.Order());
        Assert.Equal(1, result.Ignored);
        Assert.Equal(1, result.Split);
        Assert.Equal(["dev-3-hb-teardown"], result.HardBenign.Keys);
    }

    private static Alert Alert(string id, string incident, params string[] auditIds) => new()
    {
        Id = id,
        Time = Day,
        Cluster = "default",
        IncidentId = incident,
        Severity = Severity.High,
        Title = "title " + id,
        Principal = "jane",
        AuditIds = auditIds,
        DetectionIds = [],
        Tactics = [],
    };
}
