using Crowsnest.Core.Audit;
using Crowsnest.Core.Features;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;
using Crowsnest.Testing;

namespace Crowsnest.Learning.Tests;

/// <summary>A week of a made-up cluster.</summary>
internal static class SmallCluster
{
    internal static readonly DateTimeOffset Monday = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);
    internal static readonly TrainingOptions Options = new() { ContrastEvents = 5_000 };

    internal static EventJson Odd => new()
    {
        User = "user1@example.org",
        Verb = "create",
        Resource = "clusterrolebindings",
        Namespace = "",
        SourceIPs = ["203.0.113.66"],
        UserAgent = "python-requests/2.31.0",
        RequestObject = """{"roleRef":{"name":"cluster-admin"},"subjects":[{"name":"x"}]}""",
        Time = Monday.AddDays(7).AddHours(3),
    };

    // Twelve people and a controller who do the same things every day, each from a network of their own.
    internal static List<AuditEvent> Week(int firstDay = 0)
    {
        List<AuditEvent> events = [];
        for (int hour = 0; hour < 7 * 24; hour++)
        {
            DateTimeOffset time = Monday.AddDays(firstDay).AddHours(hour);
            events.Add(new EventJson
            {
                AuditId = $"c-{hour}",
                User = "system:serviceaccount:kube-system:some-controller",
                Verb = "update",
                Resource = "leases",
                Namespace = "kube-system",
                SourceIPs = ["10.0.0.4"],
                UserAgent = "controller/v1.0.0",
                Time = time,
            }.ToEvent());
            for (int user = 0; user < 12 && time.Hour is >= 8 and < 18; user++)
            {
                string[] verbs = ["get", "list", "watch"];
                events.Add(new EventJson
                {
                    AuditId = $"u-{hour}-{user}",
                    User = $"user{user}@example.org",
                    Verb = verbs[(hour + user) % verbs.Length],
                    Resource = (hour + user) % 5 == 0 ? "configmaps" : "pods",
                    Namespace = user % 2 == 0 ? "shop" : "pay",
                    Name = "",
                    Code = 200,
                    SourceIPs = [$"198.51.{user}.7"],
                    Time = time.AddMinutes(user),
                }.ToEvent());
            }
        }

        return events;
    }

    internal static AnomalyModel Train(List<AuditEvent> events)
    {
        TrainingSet set = new(Options.HashKey);
        events.ForEach(audit => set.Add(audit, alerted: false));
        return ModelTrainer.Train(set, Options, TestContext.Current.CancellationToken);
    }

    internal static float[] Vector(AnomalyModel model, EventJson json)
    {
        float[] vector = new float[FeatureVector.Length];
        FeatureVector.Compute(new SurpriseMemo(model.Profile), Read(model, json), vector);
        return vector;
    }

    internal static AnomalyScore Score(AnomalyModel model, EventJson json) =>
        model.Score(Read(model, json), new SurpriseMemo(model.Profile));

    internal static EventTraits Read(AnomalyModel model, EventJson json)
    {
        EventTraits traits = new();
        using EventView view = new(json.ToEvent());
        model.CreateReader().Read(view, traits);
        return traits;
    }
}
