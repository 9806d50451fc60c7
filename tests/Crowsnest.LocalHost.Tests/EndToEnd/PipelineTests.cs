using System.Net;
using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using Azure.Storage.Queues;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Feeds;
using Crowsnest.Core.Intake;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Replay;
using Crowsnest.LocalHost.Triggers;
using Crowsnest.Testing;
using MimeKit;

namespace Crowsnest.LocalHost.Tests.EndToEnd;

/// <summary>The whole path over the real contract: the published app, called as the Functions host calls it, on Azurite.</summary>
[Collection(LocalStackFixture.OneAtATime)]
public sealed class PipelineTests(LocalStackFixture fixture)
{
    private static readonly DateTimeOffset Arrival = new(2026, 11, 2, 9, 30, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RecordedAttack_GoesThroughOnce_HoweverItIsCutAndRepeated()
    {
        List<ReadOnlyMemory<byte>> messages = [];
        await foreach (ReadOnlyMemory<byte> message in MessageLines.ReadAsync(RepositoryFiles.Sample, static _ => { }, Cancellation))
        {
            messages.Add(message);
        }

        await SendAsync(messages, batchSize: 32);
        await fixture.Stack.DrainAsync(TimeProvider.System, Cancellation);

        List<string> archived = await fixture.ArchivedLinesAsync("raw/", cluster: "lab-");
        List<string> sent = [.. messages.SelectMany(static message => Records(message))];
        Assert.Equal(sent.Order(StringComparer.Ordinal), archived.Order(StringComparer.Ordinal));
        string[] detections = await RowKeysAsync("detections");
        string[] incidents = await RowKeysAsync("incidents");
        string[] alerts = await RowKeysAsync("alerts");
        Dictionary<string, DateTime> mails = await MailsAsync();
        Assert.NotEmpty(detections);
        Assert.Equal(alerts.Length, mails.Count);
        await CheckTheThreeAttacksAsync();

        await SendAsync(messages, batchSize: 32);
        await SendAsync(messages, batchSize: 7);
        await fixture.Stack.DrainAsync(TimeProvider.System, Cancellation);

        Assert.Equal(detections, await RowKeysAsync("detections"));
        Assert.Equal(incidents, await RowKeysAsync("incidents"));
        Assert.Equal(alerts, await RowKeysAsync("alerts"));
        Assert.Equal(mails, await MailsAsync());
        IntakeCounts counts = await new FeedTable(fixture.Stack.Storage).ReadAsync(
            Assert.Single(await ClustersAsync("lab-")), DateOnly.FromDateTime(Arrival.UtcDateTime), Cancellation);
        Assert.Equal(new IntakeCounts(sent.Count, 0, 0, 0, 0), counts);
        var pulses = await new FeedTable(fixture.Stack.Storage).PulsesAsync(
            Assert.Single(await ClustersAsync("lab-")), Arrival.AddHours(-1), Arrival.AddHours(1), Cancellation);
        FeedVolume volume = pulses.Select(static pulse => pulse.Volume).Aggregate(FeedVolume.Add);
        Assert.InRange((double)volume.Reads / volume.Bytes, 0.3, 0.35);
    }

    [Fact]
    public async Task MalformedMessages_CostOnlyThemselves()
    {
        string good = new EventJson { AuditId = "good-1", Time = Arrival }.ToAksRecord();
        string better = new EventJson { AuditId = "good-2", Time = Arrival }.ToAksRecord();
        string[] bad = ["not json", "{\"records\":[{\"category\":\"kube-audit\",\"proper", "I1102 10:00:00 1 trace.go:205] Trace", ""];
        List<ReadOnlyMemory<byte>> messages =
        [
            .. new[] { good, bad[0], bad[1], better, bad[2], bad[3] }
                .Select(static m => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(m)),
        ];

        await SendAsync(messages, batchSize: 10, first: 90_000, partition: 9);

        Assert.Equal([good, better], await fixture.ArchivedLinesAsync("raw/", "p9-90000-90005", "prod-"));
        List<string> quarantined = await fixture.ArchivedLinesAsync("quarantine/", "p9-90000-90005");
        Assert.Equal(
            ["NotJson", "CutJson", "NotJson", "Empty"],
            quarantined.Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("reason").GetString()));
        Assert.Equal(
            bad,
            quarantined.Select(static line =>
                Encoding.UTF8.GetString(JsonDocument.Parse(line).RootElement.GetProperty("bytes").GetBytesFromBase64())));
    }

    // Far beyond what gRPC takes by default: a batch may hold 128 messages of a megabyte.
    [Fact]
    public async Task BatchOfTheLargestMessages_IsTakenIn()
    {
        byte[] large = Encoding.UTF8.GetBytes(EventJson.AksRecord(new string('x', 1_000_000), "kube-scheduler"));

        await SendAsync([.. Enumerable.Repeat<ReadOnlyMemory<byte>>(large, 64)], batchSize: 64, first: 95_000, partition: 9);

        List<string> lines = await fixture.ArchivedLinesAsync("raw/", "p9-95000-95063", "prod-");
        Assert.Equal(64, lines.Count(line => line.Length == large.Length));
    }

    [Fact]
    public async Task IngestPort_PostedMessage_GoesThroughTheHub()
    {
        using HttpClient client = new();
        string message = new EventJson { AuditId = "posted-1", Time = Arrival }.ToAksRecord();

        using HttpResponseMessage response = await client.PostAsync(
            new Uri($"http://127.0.0.1:{fixture.IngestPort}/"), new StringContent(message), Cancellation);
        await Steps.DealtWithAsync(fixture.Stack);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Contains(message, await fixture.ArchivedLinesAsync("raw/", cluster: "prod-"));
    }

    [Theory]
    [InlineData("/api/investigate/days", HttpStatusCode.OK)]
    [InlineData("/api/investigate/incidents?cluster=none&day=2026-11-02", HttpStatusCode.OK)]
    [InlineData("/api/investigate/incidents?cluster=x'%20or%20'1&day=2026-11-02", HttpStatusCode.BadRequest)]
    [InlineData("/api/investigate/incidents", HttpStatusCode.BadRequest)]
    [InlineData("/api/investigate/who", HttpStatusCode.BadRequest)]
    [InlineData("/api/investigate/who?resource=a/b/c/d", HttpStatusCode.BadRequest)]
    [InlineData("/api/investigate/sql?query=SELECT%20*%20FROM%20read_text('/etc/passwd')", HttpStatusCode.BadRequest)]
    [InlineData("/api/investigate/nothing", HttpStatusCode.NotFound)]
    [InlineData("/api/nothing", HttpStatusCode.NotFound)]
    public async Task Investigate_IsForwardedWithItsPath(string path, HttpStatusCode expected)
    {
        using HttpClient client = fixture.Client();

        using HttpResponseMessage response = await client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);

        Assert.Equal(expected, response.StatusCode);
    }

    // What has just been archived, before any compaction.
    [Fact]
    public async Task Investigate_AnswersFromWhatCameAMomentAgo()
    {
        string message = new EventJson { AuditId = "just-now-1", UserAgent = "just-now/1", Time = Arrival }.ToAksRecord();
        using HttpClient client = fixture.Client();
        await SendAsync([Encoding.UTF8.GetBytes(message)], batchSize: 1, first: 96_000, partition: 9);

        using HttpResponseMessage found = await client.GetAsync(
            new Uri($"/api/investigate/event?id=just-now-1&from={Arrival.AddHours(-1):s}&to={Arrival.AddHours(1):s}", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
        Assert.Contains("just-now/1", await found.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAlert_MessageThatIsNone_EndsInThePoisonQueue()
    {
        QueueServiceClient service = fixture.Stack.Storage.Queues;
        QueueClient queue = service.GetQueueClient("no-alerts");
        QueueClient poison = service.GetQueueClient("no-alerts-poison");
        await queue.CreateIfNotExistsAsync(cancellationToken: Cancellation);
        FunctionDefinition function = new(
            "SendAlert",
            FunctionDefinition.Queue,
            JsonSerializer.SerializeToElement(new { name = "alert", queueName = "no-alerts" }),
            null);
        HostFile host = new() { QueueRetryDelay = TimeSpan.Zero, MaxDequeueCount = 3 };
        QueueTrigger trigger = new(service, function, fixture.Stack.Worker, host, TimeProvider.System, static _ => { });

        await queue.SendMessageAsync("""{"nonsense":true}""", Cancellation);
        int tries = 0;
        while (!await trigger.IsEmptyAsync(Cancellation))
        {
            tries += await trigger.TakeAsync(Cancellation);
            await trigger.FinishAsync();
        }

        Assert.Equal(3, tries);
        Assert.Equal("""{"nonsense":true}""", (await poison.ReceiveMessageAsync(cancellationToken: Cancellation)).Value.Body.ToString());
    }

    private async Task CheckTheThreeAttacksAsync()
    {
        List<(string Subject, string Text, string Html)> mails = [];
        foreach (string file in (await MailsAsync()).Keys)
        {
            using MimeMessage mail = await MimeMessage.LoadAsync(file, Cancellation);
            mails.Add((mail.Subject!, mail.TextBody ?? "", mail.HtmlBody ?? ""));
        }

        // Who, from where, and on what; from the sample's note of what was recorded.
        foreach ((string who, string fromWhere, string onWhat) in new[]
        {
            ("system:serviceaccount:internal-tools:legacy-tooling", "185.220.101.8", "secrets"),
            ("system:serviceaccount:ci:ci-deployer", "89.248.165.9", "secrets"),
            ("system:serviceaccount:argocd:argocd-application-controller", "10.224.0.9", "pods"),
        })
        {
            (string _, string text, string html) = Assert.Single(
                mails, mail => mail.Text.Contains($"Who:                {who} (", StringComparison.Ordinal));
            foreach (string part in new[] { text, html })
            {
                Assert.Contains(fromWhere, part, StringComparison.Ordinal);
                Assert.Contains(onWhat, part, StringComparison.Ordinal);
                Assert.Contains("Where it was going", part, StringComparison.Ordinal);
                Assert.Contains("raw/date=", part, StringComparison.Ordinal);
            }
        }
    }

    private Task SendAsync(
        List<ReadOnlyMemory<byte>> messages,
        int batchSize,
        long first = 1_000,
        int partition = 0,
        DateTimeOffset? arrival = null) => fixture.SendAsync(messages, batchSize, first, partition, arrival ?? Arrival);

    private static IEnumerable<string> Records(ReadOnlyMemory<byte> message)
    {
        using JsonDocument document = JsonDocument.Parse(message);
        return [.. document.RootElement.GetProperty("records").EnumerateArray().Select(static record => record.GetRawText())];
    }

    private async Task<IEnumerable<string>> ClustersAsync(string prefix) => (await fixture.ArchivedAsync("raw/"))
        .Select(static member => member.Cluster!).Where(cluster => cluster.StartsWith(prefix, StringComparison.Ordinal)).Distinct();

    private async Task<string[]> RowKeysAsync(string table)
    {
        List<string> keys = [];
        await foreach (TableEntity row in fixture.Table(table).QueryAsync<TableEntity>(
            "(PartitionKey ge 'lab-' and PartitionKey lt 'lab.') or (RowKey ge 'found|lab-' and RowKey lt 'found|lab.')",
            cancellationToken: Cancellation))
        {
            keys.Add($"{row.PartitionKey} {row.RowKey} {row.GetString("Json")} {row.GetString("State")} {row.GetInt32("Revision")}");
        }

        return [.. keys.Order(StringComparer.Ordinal)];
    }

    // The mails about the sample's cluster, and when each was written.
    private async Task<Dictionary<string, DateTime>> MailsAsync()
    {
        Dictionary<string, DateTime> mails = [];
        foreach (string file in Directory.EnumerateFiles(fixture.Mails, "*.eml"))
        {
            using MimeMessage mail = await MimeMessage.LoadAsync(file, Cancellation);
            if (mail.Subject?.Contains("lab-", StringComparison.Ordinal) == true)
            {
                mails.Add(file, File.GetLastWriteTimeUtc(file));
            }
        }

        return mails;
    }
}
