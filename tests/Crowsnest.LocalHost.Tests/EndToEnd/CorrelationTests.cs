using System.Globalization;
using System.Text;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Testing;
using MimeKit;

namespace Crowsnest.LocalHost.Tests.EndToEnd;

/// <summary>Incidents and surges over the tables: what comes late, what goes on, what joins.</summary>
[Collection(LocalStackFixture.OneAtATime)]
public sealed class CorrelationTests(LocalStackFixture fixture)
{
    private const string Backdoor = "system:serviceaccount:kube-system:late-backdoor";

    private static readonly DateTimeOffset Day = new(2026, 10, 5, 9, 0, 0, TimeSpan.Zero);

    // After all of them: an event from ahead of its arrival is judged as of that.
    private static readonly DateTimeOffset Arrival = Day.AddDays(20);

    // A place in the hub is taken once, whatever test takes it.
    private static long _sequence = 40_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // The use is told first; the cause comes late, two days earlier in event time. One incident, and an update of what was told.
    [Fact]
    public async Task LateCause_JoinsTheIncidentThatWasTold_AndIsToldAsAnUpdate()
    {
        EventJson listing = new()
        {
            AuditId = "late-use",
            User = Backdoor,
            Verb = "list",
            Resource = "secrets",
            Namespace = "",
            Name = "",
            Code = 200,
            Time = Day.AddDays(2),
        };
        EventJson token = new()
        {
            AuditId = "late-cause",
            User = "late-maker@example.org",
            Verb = "create",
            Resource = "serviceaccounts",
            Subresource = "token",
            Namespace = "kube-system",
            Name = "late-backdoor",
            Time = Day,
        };

        await SendAsync(listing);
        Incident alone = Assert.Single(await IncidentsAsync(Day.AddDays(2), Backdoor));
        Assert.Equal(Backdoor, alone.Actor);
        await fixture.Stack.DrainAsync(TimeProvider.System, Cancellation);

        await SendAsync(token);
        await fixture.Stack.DrainAsync(TimeProvider.System, Cancellation);

        Incident joined = Assert.Single(await IncidentsAsync(Day, "late-maker@example.org"));
        Assert.Equal(["late-maker@example.org", Backdoor], joined.Actors);
        Assert.Equal(Backdoor, Assert.Single(joined.Links).Through);
        Assert.Equal(joined.Id, Assert.Single(await IncidentsAsync(Day.AddDays(2), Backdoor)).Id);
        List<MimeMessage> mails = [.. Directory.EnumerateFiles(fixture.Mails, "*.eml").Select(static file => MimeMessage.Load(file))
            .Where(static mail => mail.TextBody!.Contains("late-backdoor", StringComparison.Ordinal)).OrderBy(static mail => mail.Date)];
        Assert.Equal(2, mails.Count);
        Assert.Contains(mails, mail => mail.MessageId == $"{alone.Id}@crowsnest");
        MimeMessage update = Assert.Single(mails, mail => mail.MessageId == $"{joined.Id}.2@crowsnest");
        Assert.Contains("Update", update.Subject, StringComparison.Ordinal);
        foreach (MimeMessage mail in mails)
        {
            mail.Dispose();
        }

        // Nothing new: nothing to tell.
        await SendAsync(token, listing);
        await fixture.Stack.DrainAsync(TimeProvider.System, Cancellation);
        Assert.Single(await IncidentsAsync(Day, Backdoor));
        Assert.Equal(joined.Id, (await IncidentsAsync(Day, Backdoor))[0].Id);
    }

    [Fact]
    public async Task Surge_OverBatchesAndPartitions_IsOneDetectionThatGrows()
    {
        EventJson[] refusals = [.. Enumerable.Range(0, 60).Select(static i => new EventJson
        {
            AuditId = string.Create(CultureInfo.InvariantCulture, $"surge-{i}"),
            User = "surge@example.org",
            Verb = "list",
            Resource = "configmaps",
            Name = "",
            Code = 403,
            Time = Day.AddSeconds(i * 5),
        })];

        await SendAsync(refusals[..19]);
        Assert.DoesNotContain(
            await IncidentsAsync(Day, "surge@example.org"),
            static found => found.Lead.Source == DetectionSource.Correlation);

        await SendAsync(refusals[10..40]);
        Incident incident = Assert.Single(await IncidentsAsync(Day, "surge@example.org"));
        Assert.StartsWith("40 requests", incident.Lead.What, StringComparison.Ordinal);

        await SendAsync(refusals);
        incident = Assert.Single(await IncidentsAsync(Day, "surge@example.org"));
        Assert.Equal(DetectionSource.Correlation, incident.Lead.Source);
        Assert.StartsWith("60 requests", incident.Lead.What, StringComparison.Ordinal);
        Assert.Equal(refusals[^1].Time, incident.To);
    }

    [Fact]
    public async Task AttackOverDays_IsOneIncident_WhateverDayIsRead()
    {
        EventJson listing = new() { User = "days@example.org", Verb = "list", Resource = "secrets", Namespace = "", Name = "", Code = 200 };

        foreach (int hours in new[] { 40, 0, 60, 20 })
        {
            string id = string.Create(CultureInfo.InvariantCulture, $"days-{hours}");
            await SendAsync(listing with { AuditId = id, Time = Day.AddHours(hours) });
        }

        Incident first = Assert.Single(await IncidentsAsync(Day, "days@example.org"));
        Assert.Equal(Day, first.From);
        Assert.Equal(Day.AddHours(60), first.To);
        Assert.Equal(first.Id, Assert.Single(await IncidentsAsync(Day.AddHours(60), "days@example.org")).Id);

        // An analyst gets all of it from any of its days.
        using HttpClient client = fixture.Client();
        string query = $"api/investigate/detections?cluster={first.Cluster}&day={Day.AddHours(60):yyyy-MM-dd}&incident=";
        string json = await client.GetStringAsync(new Uri(query + first.Id, UriKind.Relative), Cancellation);
        foreach (int hours in new[] { 0, 20, 40, 60 })
        {
            Assert.Contains($"\"days-{hours}\"", json, StringComparison.Ordinal);
        }

        using HttpResponseMessage unknown = await client.GetAsync(new Uri(query + "nothing", UriKind.Relative), Cancellation);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task SurgeFromManyNetworks_IsOneIncidentAndOneAlert()
    {
        EventJson[] flood = [.. Enumerable.Range(0, 300).Select(static i => new EventJson
        {
            AuditId = string.Create(CultureInfo.InvariantCulture, $"flood-{i}"),
            User = "system:anonymous",
            Groups = ["system:unauthenticated"],
            Verb = "list",
            Resource = "secrets",
            Namespace = string.Create(CultureInfo.InvariantCulture, $"flood-{i % 7}"),
            Name = "",
            Code = 403,
            SourceIPs = [string.Create(CultureInfo.InvariantCulture, $"203.0.{i % 60}.9")],
            Time = Day.AddDays(10).AddSeconds(i),
        })];

        await SendAsync(flood);
        await SendAsync(flood[100..]);
        await fixture.Stack.DrainAsync(TimeProvider.System, Cancellation);

        IReadOnlyList<Incident> found = await new IncidentTable(fixture.Stack.Storage).ReadAsync(
            await ClusterAsync(), DateOnly.FromDateTime(Day.AddDays(10).UtcDateTime), Cancellation);
        Assert.Single(found);
        Assert.Single(Directory.EnumerateFiles(fixture.Mails, "*.eml"), file =>
        {
            using MimeMessage mail = MimeMessage.Load(file, Cancellation);
            return mail.MessageId!.StartsWith(found[0].Id, StringComparison.Ordinal);
        });
    }

    // A binding that is taken back: the detection that it was left standing goes when the news of it comes late.
    [Fact]
    public async Task LateEvent_ThatRefutesADetection_TakesItBack()
    {
        EventJson binding = new()
        {
            AuditId = "standing-1",
            User = "standing@example.org",
            Resource = "clusterrolebindings",
            Namespace = "",
            Name = "standing",
            ApiGroup = "rbac.authorization.k8s.io",
            Time = Day,
            RequestObject = """{"roleRef":{"kind":"ClusterRole","name":"cluster-admin"},"subjects":[{"kind":"User","name":"nobody"}]}""",
        };

        await SendAsync(binding);
        Assert.Contains(
            await FindingsAsync(),
            static d => d.Rule.Title.StartsWith("Cluster-admin granted and not", StringComparison.Ordinal));

        await SendAsync(binding with { AuditId = "standing-2", Verb = "delete", Code = 200, RequestObject = null, Time = Day.AddHours(1) });
        Assert.DoesNotContain(
            await FindingsAsync(),
            static d => d.Rule.Title.StartsWith("Cluster-admin granted and not", StringComparison.Ordinal));
    }

    private async Task<IEnumerable<Detection>> FindingsAsync() =>
        (await new DetectionTable(fixture.Stack.Storage)
                .ReadAsync(await ClusterAsync(), DateOnly.FromDateTime(Day.UtcDateTime), Cancellation))
            .Where(static d => d.Principal == "standing@example.org");

    private async Task<IReadOnlyList<Incident>> IncidentsAsync(DateTimeOffset day, string actor) =>
        [.. (await new IncidentTable(fixture.Stack.Storage)
                .ReadAsync(await ClusterAsync(), DateOnly.FromDateTime(day.UtcDateTime), Cancellation))
            .Where(incident => incident.Actors.Contains(actor))];

    private async Task<string> ClusterAsync() => (await new IncidentTable(fixture.Stack.Storage).ListDaysAsync(Cancellation))
        .Select(static day => day.Cluster)
        .FirstOrDefault(static cluster => cluster.StartsWith("prod-", StringComparison.Ordinal)) ?? "prod";

    private async Task SendAsync(params EventJson[] events)
    {
        await fixture.SendAsync(
            events.Select(static json => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(json.ToAksRecord())),
            events.Length,
            _sequence,
            (int)(_sequence % 5),
            Arrival);
        _sequence += events.Length;
        await fixture.CorrelateAsync();
    }
}
