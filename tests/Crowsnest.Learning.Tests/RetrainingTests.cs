using Crowsnest.Core.Audit;
using Crowsnest.Core.Scoring;
using Crowsnest.Testing;
using static Crowsnest.Learning.Tests.SmallCluster;

namespace Crowsnest.Learning.Tests;

[Trait("Category", "Slow")]
public sealed class RetrainingTests
{
    private const double Budget = 1;

    [Fact]
    public void Run_FirstModel_IsAccepted()
    {
        RetrainingResult result = Run(Week(), current: null);

        Assert.True(result.Accepted);
        Assert.Empty(result.Gates);
    }

    [Fact]
    public void Run_SameCluster_IsAcceptedAndSaysWhatBecameUsual()
    {
        AnomalyModel current = Train(Week());
        List<AuditEvent> week = Week();
        for (int day = 0; day < 3; day++)
        {
            week.Add(New(day).ToEvent());
        }

        RetrainingResult result = Run(week, current);

        Assert.True(result.Accepted, string.Join("; ", result.Gates));
        Assert.Equal("canaries found", Assert.Single(result.Gates).Name);
        Assert.Equal("user1@example.org: create ingresses (3 hours)", Assert.Single(result.NewlyAccepted));
    }

    [Fact]
    public void Run_LastDayLikeNoOther_IsRefused()
    {
        // What everybody did all last week, as the model in use knows, and on one day of this week only.
        List<AuditEvent> strange = Week();
        List<AuditEvent> lastWeek = [.. Week(firstDay: -7), .. Enumerable.Range(-7, 7).SelectMany(day => Everybody(day))];
        strange.AddRange(Everybody(6));

        RetrainingResult result = Run(strange, Train(lastWeek));

        Assert.False(result.Accepted, string.Join("; ", result.Gates));
    }

    [Fact]
    public void Run_AlertsSinceTheLastTraining_AreTheDrift()
    {
        AnomalyModel current = Train(Week());
        List<AuditEvent> later = [.. Week(), .. Enumerable.Range(0, 48).Select(hour => (Odd with
        {
            AuditId = $"later-{hour}",
            Time = Monday.AddDays(7).AddHours(hour),
        }).ToEvent())];

        RetrainingResult result = Run(later, current);

        // One actor on each of two days, of one that the budget allows each day.
        Assert.InRange(result.Drift!.Value, 0.9, 1.1);
    }

    private static IEnumerable<AuditEvent> Everybody(int day) =>
        from user in Enumerable.Range(0, 12)
        from hour in Enumerable.Range(9, 6)
        select (Odd with
        {
            AuditId = $"{day}-{user}-{hour}",
            User = $"user{user}@example.org",
            Time = Monday.AddDays(day).AddHours(hour),
        }).ToEvent();

    private static EventJson New(int day) => new()
    {
        AuditId = $"new-{day}",
        User = "user1@example.org",
        Verb = "create",
        Resource = "ingresses",
        Namespace = "pay",
        SourceIPs = ["198.51.1.7"],
        Time = Monday.AddDays(day).AddHours(9),
    };

    private static RetrainingResult Run(List<AuditEvent> events, AnomalyModel? current)
    {
        TrainingSet set = new(Options.HashKey);
        events.ForEach(audit => set.Add(audit, alerted: false));
        return Retraining.Run(set, current, Options, Budget, TestContext.Current.CancellationToken);
    }
}
