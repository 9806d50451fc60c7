using System.Globalization;
using Crowsnest.Core.Activity;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Correlation;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;
using Crowsnest.Testing;
using CsCheck;

namespace Crowsnest.Core.Tests.Correlation;

/// <summary>Surges and sequences over whole streams, with the correlations that ship.</summary>
public sealed class CorrelationEngineTests
{
    private static readonly RuleSet Shipped = RuleSet.Load(RepositoryFiles.RuleFiles);
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 10, 0, 0, TimeSpan.Zero);
    private static readonly EventJson Refused = new()
    {
        Verb = "list",
        Resource = "pods",
        Name = "",
        Code = 403,
        User = "system:serviceaccount:shop:web",
    };

    [Theory]
    [InlineData(250)]
    [InlineData(1)]
    [Trait("Category", "Slow")]
    public void HundredThousandAnonymousRefusals_FromAThousandAddresses_AreOneIncidentAndOneAlert(int addressesOfANetwork)
    {
        EventJson anonymous = Refused with { User = "system:anonymous", Groups = ["system:unauthenticated"] };
        AuditEvent[] one = [.. Enumerable.Range(0, 1_000).Select(i => (anonymous with
        {
            AuditId = Id(i),
            SourceIPs =
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"203.{i / addressesOfANetwork / 250}.{i / addressesOfANetwork % 250}.{(i % addressesOfANetwork) + 1}"),
            ],
            RequestUri = $"/api/v1/namespaces/ns-{i % 40}/secrets",
            Resource = "secrets",
        }).ToEvent())];
        ActivityLog activity = new();
        List<Detection> found = [];
        Judge judge = new(Shipped, ModelFile.Read(File.ReadAllBytes(RepositoryFiles.Model)), 10);
        for (int i = 0; i < 100_000; i++)
        {
            // A new request each time: the time it was received is part of what a request is told by.
            AuditEvent audit = one[i % one.Length];
            audit.Time = Start.AddMilliseconds(i * 6);
            judge.Add(audit, new Evidence("raw", i + 1), found, activity);
        }

        found.AddRange(Evaluate(activity));
        Incident incident = Assert.Single(IncidentBuilder.Group(found));

        Assert.Single(Alert.For(incident));
        Assert.Equal(Severity.High, incident.Lead.Severity);
        Assert.Equal(DetectionSource.Correlation, incident.Lead.Source);
        Assert.InRange(
            double.Parse(incident.Lead.What.Split(' ')[0], NumberStyles.AllowThousands, CultureInfo.InvariantCulture),
            900,
            1_100);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void BrokenController_RefusedTenThousandTimesADay_IsToldOnceAndUsualLater()
    {
        ActivityLog first = new();
        List<Detection> found = Feed(first, Enumerable.Range(0, 5).SelectMany(static day => Day(day, 10_000)));
        found.AddRange(Evaluate(first));

        // It is odd too, again and again.
        List<Detection> surges = found.FindAll(static d => d.Source == DetectionSource.Correlation);
        Incident incident = Assert.Single(IncidentBuilder.Group([
            .. surges, .. surges.Select(static surge => surge with { Id = surge.Id + "odd", Source = DetectionSource.Model })]));
        Assert.Single(Alert.For(incident));
        Assert.Empty(Alert.For(Assert.Single(IncidentBuilder.Group(surges))));
        Assert.Equal(5, incident.Detections.Select(static d => d.Time.Date).Distinct().Count());

        ActivityHistory history = Learn(Enumerable.Range(0, 5).SelectMany(static day => Day(day, 1_000)));
        ActivityLog next = new();
        Feed(next, Day(6, 1_000));
        ActivityLog worse = new();
        Feed(worse, Day(6, 10_000));

        Assert.Empty(Evaluate(next, history));
        Assert.NotEmpty(Evaluate(worse, history));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void BurstOnOneDay_IsNotUsualAfterwards()
    {
        ActivityHistory history = Learn([.. Day(0, 10_000), .. Enumerable.Range(1, 6).SelectMany(static day => Day(day, 10))]);
        ActivityLog next = new();
        Feed(next, Day(7, 10_000));

        Assert.NotEmpty(Evaluate(next, history));
    }

    // Of the model that ships every registry of another cluster is new.
    [Theory]
    [InlineData(7, true)]
    [InlineData(700, false)]
    public void FirstSeen_AgainstDaysLongPast_IsSilent(int later, bool isFound)
    {
        EventJson deployment = new() { RequestObject = """{"spec":{"containers":[{"image":"registry.example.org/web:1"}]}}""" };
        EventJson other = deployment with { RequestObject = """{"spec":{"containers":[{"image":"ttl.sh/web:1h"}]}}""" };
        ActivityLog next = new();
        Feed(next, [other with { AuditId = Id(1), Time = Start.AddDays(later) }]);

        IReadOnlyList<Detection> found = Evaluate(next, Learn([deployment with { Time = Start }]).LearnedOn(Start, Start.AddDays(1)));

        Assert.Equal(isFound, found.Any(static d => d.OnWhat == "image registry ttl.sh"));
    }

    // Days on which nothing was counted at all are days too.
    [Fact]
    [Trait("Category", "Slow")]
    public void BurstOnOneDayOfQuietOnes_IsNotUsualAfterwards()
    {
        EventJson ordinary = new() { User = "system:kube-controller-manager", Verb = "get", Code = 200 };
        ActivityHistory history = Learn(
        [
            .. Day(0, 10_000),
            .. Enumerable.Range(1, 6).Select(day => ordinary with { AuditId = Id(day), Time = Start.AddDays(day) }),
        ]);
        ActivityLog next = new();
        Feed(next, Day(7, 10_000));

        Assert.NotEmpty(Evaluate(next, history));
    }

    // However a stream is cut, mixed up and repeated: the same activity, and so the same detections.
    [Fact]
    [Trait("Category", "Slow")]
    public void Evaluate_AnySplitOrderAndRepetition_GivesTheSame()
    {
        List<EventJson> events =
        [
            .. Day(0, 60, everySeconds: 5),
            .. Enumerable.Range(0, 25).Select(static i => Refused with
            {
                AuditId = Id(10_000 + i),
                User = "jane@example.org",
                Resource = $"kind-{i}",
                Time = Start.AddSeconds(i * 20),
            }),
        ];
        ActivityLog whole = new();
        Feed(whole, events);
        string[] expected = [.. Evaluate(whole).Select(Line).Order(StringComparer.Ordinal)];

        Gen.Int[1, 9].Array[events.Count].Select(Gen.Shuffle(Enumerable.Range(0, events.Count).ToArray())).Sample(
            (owners, order) =>
            {
                ActivityLog merged = new();
                for (int partition = 1; partition <= 9; partition++)
                {
                    ActivityLog part = new();
                    Feed(part, order.Where(i => owners[i] == partition || i % 10 == partition).Select(i => events[i]));
                    foreach ((string cluster, long _, byte[] piece) in part.ToPieces(2_000))
                    {
                        merged.Read(cluster, piece);
                        merged.Read(cluster, piece);
                    }
                }

                return expected.SequenceEqual(Evaluate(merged).Select(Line).Order(StringComparer.Ordinal));
            },
            iter: 50);

        Assert.NotEmpty(expected);
    }

    [Fact]
    public void Read_CutPiece_IsRefused()
    {
        ActivityLog log = new();
        Feed(log, Day(0, 30));
        byte[] piece = log.ToPieces(int.MaxValue).First().Piece;

        Assert.Throws<InvalidDataException>(() => new ActivityLog().Read("prod", piece[..(piece.Length / 2)]));
        Assert.Throws<InvalidDataException>(() => new ActivityLog().Read("prod", []));
        Assert.Throws<InvalidDataException>(() => new ActivityLog().Read("prod", [9, .. piece]));
    }

    private static IEnumerable<EventJson> Day(int day, int times, double everySeconds = 0) => Enumerable.Range(0, times)
        .Select(i => Refused with
        {
            AuditId = Id((day * 100_000) + i),
            Time = Start.AddDays(day).AddSeconds(i * (everySeconds > 0 ? everySeconds : 36_000.0 / times)),
        });

    private static List<Detection> Feed(ActivityLog activity, IEnumerable<EventJson> events)
    {
        Judge judge = new(Shipped, null, 10);
        List<Detection> found = [];
        foreach (EventJson json in events)
        {
            judge.Add(json.ToEvent(), new Evidence("raw", 1), found, activity);
        }

        return found;
    }

    private static ActivityHistory Learn(IEnumerable<EventJson> events)
    {
        ActivityTally past = new(Shipped);
        foreach (EventJson json in events)
        {
            using EventView view = new(json.ToEvent());
            past.Add(view);
        }

        return past.ToHistory();
    }

    private static IReadOnlyList<Detection> Evaluate(ActivityLog activity, ActivityHistory? history = null) =>
        new CorrelationEngine(Shipped.Correlations, history ?? ActivityHistory.Empty)
            .Evaluate(activity, DateTimeOffset.MinValue, activity.End);

    private static string Line(Detection found) =>
        $"{found.Id} {found.Time:O} {found.What} {string.Join(',', found.AuditIds)}";

    private static string Id(int i) => string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-8000-{i:D12}");
}
