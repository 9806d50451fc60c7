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

        Assert.Equal($$"""{"stored":{{packed.Length}}}""", await first.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        await fixture.JudgedAsync();

        // Sent again after it was judged, say because the answer was lost on the way.
        using HttpResponseMessage late = await PostWebhookAsync("Edge_1", LocalStackFixture.WebhookSecret, packed);
        await fixture.JudgedAsync();
        Assert.Equal(HttpStatusCode.OK, late.StatusCode);
        Assert.Equal(50, (await fixture.ArchivedLinesAsync("raw/", cluster: "edge-1")).Count);
        DateOnly today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        Assert.Equal(new IntakeCounts(50, 0, 0, 0, 0), await new FeedTable(fixture.Stack.Storage).ReadAsync("edge-1", today, Cancellation));
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
    public async Task Webhook_Flood_IsTakenAndJudgedLater()
    {
        IEnumerable<string> lines =
            Enumerable.Range(0, 1_000).Select(static i => new EventJson { AuditId = $"flood-{i}" }.ToString());
        byte[] body = Encoding.UTF8.GetBytes(string.Join('\n', lines));

        HttpResponseMessage[] responses = await Task.WhenAll(
            Enumerable.Range(0, 30).Select(i => PostWebhookAsync($"flood{i}", LocalStackFixture.WebhookSecret, body)));

        Assert.All(responses, static response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        await fixture.JudgedAsync();
        DateOnly today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        FeedTable feeds = new(fixture.Stack.Storage);
        for (int i = 0; i < 30; i++)
        {
            Assert.Equal(1_000, (await feeds.ReadAsync($"flood{i}", today, Cancellation)).Parsed);
        }
    }

    private async Task<HttpResponseMessage> PostWebhookAsync(string cluster, string? secret, byte[] body)
    {
        using HttpClient client = new();
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri($"http://127.0.0.1:{fixture.HttpPort}/api/webhook/{cluster}"))
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
