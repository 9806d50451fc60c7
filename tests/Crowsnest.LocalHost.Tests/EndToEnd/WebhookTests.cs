using System.Net;
using System.Text;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Intake;
using Crowsnest.Testing;

namespace Crowsnest.LocalHost.Tests.EndToEnd;

/// <summary>What an API server's audit webhook meets: the published app, on Azurite.</summary>
[Collection(LocalStackFixture.OneAtATime)]
public sealed class WebhookTests(LocalStackFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, "{}", HttpStatusCode.Unauthorized)]
    [InlineData("wrong", "{}", HttpStatusCode.Unauthorized)]
    [InlineData(LocalStackFixture.WebhookSecret, "not json", HttpStatusCode.OK)]
    public async Task Webhook_Post_NeedsTheSecret(string? secret, string body, HttpStatusCode expected)
    {
        using HttpResponseMessage response = await PostWebhookAsync("any", secret, Encoding.UTF8.GetBytes(body));

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Webhook_BodyOfAnApiServer_GoesThroughTheSamePipeline()
    {
        byte[] packed = await File.ReadAllBytesAsync(RepositoryFiles.Fixture("webhook-bodies/body-0003.json.gz"), Cancellation);

        using HttpResponseMessage first = await PostWebhookAsync("Edge_1", LocalStackFixture.WebhookSecret, packed);
        using HttpResponseMessage again = await PostWebhookAsync("Edge_1", LocalStackFixture.WebhookSecret, packed);

        Assert.Equal("""{"records":50}""", await first.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(50, (await fixture.ArchivedLinesAsync("raw/cluster=edge-1/")).Count);
        DateOnly today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        Assert.Equal(new IntakeCounts(50, 0, 0, 0, 0), await new FeedTable(fixture.Storage()).ReadAsync("edge-1", today, Cancellation));
    }

    [Fact]
    public async Task Webhook_TooLarge_IsRefusedAndTheAppLivesOn()
    {
        using HttpResponseMessage large = await PostWebhookAsync("any", LocalStackFixture.WebhookSecret, new byte[17 * 1024 * 1024]);
        using HttpResponseMessage next = await PostWebhookAsync("any", LocalStackFixture.WebhookSecret, "{}"u8.ToArray());

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task Webhook_Flood_IsToldToComeBack()
    {
        byte[] body = Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 3_000).Select(static i => new EventJson { AuditId = $"flood-{i}" }.ToString())));

        HttpResponseMessage[] responses = await Task.WhenAll(
            Enumerable.Range(0, 60).Select(i => PostWebhookAsync($"flood{i}", LocalStackFixture.WebhookSecret, body)));

        Assert.Contains(responses, static response => response.StatusCode == HttpStatusCode.OK);
        Assert.Contains(responses, static response => response.StatusCode == HttpStatusCode.TooManyRequests && response.Headers.RetryAfter is not null);
        Assert.All(responses, static response => Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.TooManyRequests));
    }

    [Fact]
    public async Task Webhook_StorageIsGone_TellsTheApiServerToSendAgain()
    {
        int[] ports = Crowsnest.LocalHost.Processes.AzuriteProcess.FreePorts(2);
        LocalHostOptions options = new()
        {
            DataFolder = Path.Combine(fixture.DataFolder, "third"),
            AppFolder = Built.App,
            ToolsFolder = Path.Combine(RepositoryFiles.Root, ".local"),
            HttpPort = ports[0],
            IngestPort = ports[1],
            FirstSequenceNumber = 7_000_000,
            Settings = new Dictionary<string, string> { ["Crowsnest__Webhook__Secret"] = LocalStackFixture.WebhookSecret },
        };
        await using LocalStack stack = await LocalStack.StartAsync(options, TimeProvider.System, static _ => { }, Cancellation);
        await stack.Azurite!.DisposeAsync();

        using HttpResponseMessage response = await PostWebhookAsync(
            "any", LocalStackFixture.WebhookSecret, Encoding.UTF8.GetBytes(new EventJson().ToString()), stack.Handler.Port);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    // To the handler itself: the host's own port has the host's own limits.
    private async Task<HttpResponseMessage> PostWebhookAsync(string cluster, string? secret, byte[] body, int? port = null)
    {
        using HttpClient client = new();
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri($"http://127.0.0.1:{port ?? fixture.Stack.Handler.Port}/api/webhook/{cluster}"))
        {
            Content = new ByteArrayContent(body),
        };
        if (secret is not null)
        {
            request.Headers.Authorization = new("Bearer", secret);
        }

        return await client.SendAsync(request, Cancellation);
    }
}
