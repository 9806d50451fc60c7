using Crowsnest.Core.Audit;
using Crowsnest.Core.Scoring;
using Crowsnest.Testing;
using static Crowsnest.Learning.Tests.SmallCluster;

namespace Crowsnest.Learning.Tests;

/// <summary>What an attacker who went unnoticed during the training gains by it.</summary>
public sealed class PoisoningTests
{
    // From the address and with the client that the victim is known for.
    private static readonly EventJson InPlace = Odd with
    {
        SourceIPs = ["198.51.1.7"],
        UserAgent = "kubectl/v1.35.0",
        RequestObject = null,
    };

    [Fact]
    public void Score_ActionRepeatedHourlyForThreeDays_StillAlerts()
    {
        List<AuditEvent> week = Week();
        for (int hour = 0; hour < 72; hour++)
        {
            week.Add((InPlace with { AuditId = $"again-{hour}", Time = Monday.AddDays(4).AddHours(hour) }).ToEvent());
        }

        AnomalyScore score = Score(Train(week), InPlace with { Time = Monday.AddDays(7).AddHours(9) });

        Assert.True(score.ExpectedPerDay < 1, $"{score}");
    }

    [Fact]
    public void Score_AttackerWithinTheTraining_IsFound()
    {
        // 0.1 % of the events, spread over three days, and the very same events judged.
        List<AuditEvent> week = [.. Week(), .. Week().Select((_, i) => (Usual(i) with { AuditId = $"more-{i}" }).ToEvent())];
        List<EventJson> attack =
        [
            .. Enumerable.Range(0, Math.Max(3, week.Count / 1000)).Select(i => InPlace with
            {
                AuditId = $"hidden-{i}",
                Verb = i % 2 == 0 ? "create" : "delete",
                Time = Monday.AddDays(i % 3).AddHours(9 + i),
            }),
        ];
        week.AddRange(attack.Select(static json => json.ToEvent()));

        AnomalyModel model = Train(week);

        Assert.All(attack, json => Assert.True(Score(model, json).ExpectedPerDay < 1, $"{json.Verb}: {Score(model, json)}"));
    }

    private static EventJson Usual(int i) => new()
    {
        User = $"user{i % 12}@example.org",
        Verb = "list",
        Name = "",
        Code = 200,
        Namespace = i % 2 == 0 ? "shop" : "pay",
        SourceIPs = [$"198.51.{i % 12}.7"],
        Time = Monday.AddMinutes(i * 7),
    };
}
