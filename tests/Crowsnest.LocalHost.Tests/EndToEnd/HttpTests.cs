using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Crowsnest.LocalHost.Http;
using Crowsnest.Testing;

namespace Crowsnest.LocalHost.Tests.EndToEnd;

/// <summary>What HTTP clients meet: the rules of the real host, in front of the published app.</summary>
[Collection(LocalStackFixture.OneAtATime)]
public sealed class HttpTests(LocalStackFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "api/investigate/days", HttpStatusCode.Unauthorized)]
    [InlineData("POST", "api/investigate/days", HttpStatusCode.NotFound)]
    [InlineData("GET", "api/answer", HttpStatusCode.Forbidden)]
    [InlineData("PUT", "api/answer", HttpStatusCode.NotFound)]
    [InlineData("GET", "api/webhook/any", HttpStatusCode.NotFound)]
    [InlineData("GET", "nothing", HttpStatusCode.NotFound)]
    [InlineData("POST", "admin/functions/SendDigest", HttpStatusCode.Unauthorized)]
    public async Task Request_WithoutAKey_GetsWhatTheLevelAndTheMethodsAllow(string method, string path, HttpStatusCode expected)
    {
        using HttpClient client = new();
        using HttpRequestMessage request = new(new HttpMethod(method), new Uri($"http://127.0.0.1:{fixture.HttpPort}/{path}"));

        using HttpResponseMessage response = await client.SendAsync(request, Cancellation);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Key_InTheQueryOrTheHeader_Opens()
    {
        HostKeys keys = fixture.Stack.Keys;
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{fixture.HttpPort}/") };
        foreach (string key in new[] { keys.Default, keys.Master })
        {
            using HttpResponseMessage byQuery = await client.GetAsync(
                new Uri($"api/investigate/days?code={key}", UriKind.Relative), Cancellation);
            using HttpRequestMessage request = new(HttpMethod.Get, new Uri("api/investigate/days", UriKind.Relative));
            request.Headers.Add(HostKeys.Header, key);
            using HttpResponseMessage byHeader = await client.SendAsync(request, Cancellation);

            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (byQuery.StatusCode, byHeader.StatusCode));
        }
    }

    [Theory]
    [InlineData("WatchFeeds", "application/json", HttpStatusCode.Accepted)]
    [InlineData("WatchFeeds", "text/plain", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("Nothing", "application/json", HttpStatusCode.NotFound)]
    public async Task Admin_WithTheMasterKey_RunsATimer(string function, string contentType, HttpStatusCode expected)
    {
        using HttpClient client = new();
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri($"http://127.0.0.1:{fixture.HttpPort}/admin/functions/{function}"))
        {
            Content = new StringContent("{}", Encoding.UTF8, contentType),
        };
        request.Headers.Add(HostKeys.Header, fixture.Stack.Keys.Master);

        using HttpResponseMessage response = await client.SendAsync(request, Cancellation);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Body_Chunked_ReachesTheApp()
    {
        IEnumerable<string> lines = Enumerable.Range(0, 3).Select(static i => new EventJson { AuditId = $"chunked-{i}" }.ToString());
        byte[] body = Encoding.UTF8.GetBytes(string.Join('\n', lines));
        using HttpResponseMessage response = await PostAsync("chunked", new StreamContent(new MemoryStream(body)), chunked: true);

        Assert.Equal($$"""{"stored":{{body.Length}}}""", await response.Content.ReadAsStringAsync(Cancellation));
    }

    // The app itself takes no more than 16 MiB; beyond 100 MB the host does not ask it.
    [Theory]
    [InlineData(100, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(110, HttpStatusCode.InternalServerError)]
    public async Task Body_OfManyMegabytes_IsRefusedByTheAppOrTheHost(int megabytes, HttpStatusCode expected)
    {
        using HttpResponseMessage response = await PostAsync(
            "large", new ByteArrayContent(new byte[megabytes * 1024 * 1024]), chunked: false);

        Assert.Equal(expected, response.StatusCode);
    }

    private async Task<HttpResponseMessage> PostAsync(string cluster, HttpContent content, bool chunked)
    {
        using HttpClient client = new();
        Uri address = new($"http://127.0.0.1:{fixture.HttpPort}/api/webhook/{cluster}");
        using HttpRequestMessage request = new(HttpMethod.Post, address) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", LocalStackFixture.WebhookSecret);
        request.Headers.TransferEncodingChunked = chunked;

        // A server that refuses a body before it has read it closes the connection.
        request.Headers.ExpectContinue = true;
        return await client.SendAsync(request, Cancellation);
    }
}
