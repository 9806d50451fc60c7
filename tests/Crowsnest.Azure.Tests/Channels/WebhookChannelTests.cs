using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crowsnest.Azure.Channels;
using Crowsnest.Core.Alerting;
using Crowsnest.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Tests.Channels;

/// <summary>Against a server on loopback that answers as it is told.</summary>
public sealed class WebhookChannelTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<(string Path, string ContentType, Dictionary<string, string> Headers, string Body)> _received = [];
    private Func<int, HttpStatusCode> _answers = static _ => HttpStatusCode.OK;
    private WebApplication _server = null!;
    private string _url = "";

    public async ValueTask InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(async context =>
        {
            using StreamReader reader = new(context.Request.Body);
            string body = await reader.ReadToEndAsync(context.RequestAborted);
            int number = _received.Count;
            Dictionary<string, string> headers =
                context.Request.Headers.ToDictionary(static header => header.Key, static header => header.Value.ToString());
            _received.Enqueue((context.Request.Path, context.Request.ContentType ?? "", headers, body));
            HttpStatusCode answer = _answers(number);
            context.Response.StatusCode = (int)answer;
            if (answer == HttpStatusCode.Redirect)
            {
                context.Response.Headers.Location = "/elsewhere";
            }
        });
        await _server.StartAsync(TestContext.Current.CancellationToken);
        _url = _server.Urls.First() + "/hook";
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(ChannelKind.Slack, "application/json")]
    [InlineData(ChannelKind.Teams, "application/json")]
    [InlineData(ChannelKind.PagerDuty, "application/json")]
    [InlineData(ChannelKind.CloudEvents, "application/cloudevents+json")]
    public async Task Send_EachKind_PostsItsOwnFormat(ChannelKind kind, string contentType)
    {
        Delivery delivery = await SendAsync(kind);

        Assert.Equal(DeliveryOutcome.Accepted, delivery.Outcome);
        (string path, string type, _, string body) = Assert.Single(_received);
        Assert.Equal("/hook", path);
        Assert.StartsWith(contentType, type, StringComparison.Ordinal);
        string expected = kind switch
        {
            ChannelKind.Slack => SlackRenderer.Render(SampleIncident.Alert()),
            ChannelKind.Teams => TeamsRenderer.Render(SampleIncident.Alert()),
            ChannelKind.PagerDuty => PagerDutyRenderer.Render(SampleIncident.Alert(), "the secret"),
            _ => CloudEventRenderer.Render(SampleIncident.Alert()),
        };
        Assert.Equal(expected, body);
        Assert.Equal(JsonValueKind.Object, JsonSerializer.Deserialize<JsonElement>(body).ValueKind);
    }

    [Fact]
    public async Task Send_CloudEvent_CarriesASignatureThatItsReceiverCanCheck()
    {
        await SendAsync(ChannelKind.CloudEvents);

        (_, _, Dictionary<string, string> headers, string body) = Assert.Single(_received);
        string signed = $"{headers["webhook-id"]}.{headers["webhook-timestamp"]}.{body}";
        string expected = "v1," + Convert.ToBase64String(HMACSHA256.HashData("the secret"u8, Encoding.UTF8.GetBytes(signed)));
        Assert.Equal(expected, headers["webhook-signature"]);
        Assert.Equal(SampleIncident.Alert().MessageId, headers["webhook-id"]);
    }

    // The specification's own example.
    [Fact]
    public void Headers_StandardWebhooksExample_Agrees()
    {
        var headers = WebhookSignature.Headers(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            DateTimeOffset.FromUnixTimeSeconds(1614265330),
            "{\"test\": 2432232314}");

        Assert.Equal(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            headers.Single(static header => header.Key == "webhook-signature").Value);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, DeliveryOutcome.Refused, 1)]
    [InlineData(HttpStatusCode.NotFound, DeliveryOutcome.Refused, 1)]
    [InlineData(HttpStatusCode.Redirect, DeliveryOutcome.Refused, 1)]
    [InlineData(HttpStatusCode.InternalServerError, DeliveryOutcome.Unsure, 1)]
    [InlineData(HttpStatusCode.ServiceUnavailable, DeliveryOutcome.Temporary, 3)]
    public async Task Send_ServerRefuses_IsGraded(HttpStatusCode answer, DeliveryOutcome expected, int requests)
    {
        _answers = _ => answer;

        Delivery delivery = await SendAsync(ChannelKind.Slack);

        Assert.Equal(expected, delivery.Outcome);
        Assert.Equal(requests, _received.Count);
        Assert.All(_received, static request => Assert.Equal("/hook", request.Path));
    }

    [Fact]
    public async Task Send_TooManyRequestsOnce_IsTriedAgain()
    {
        _answers = static number => number == 0 ? HttpStatusCode.TooManyRequests : HttpStatusCode.OK;

        Assert.Equal(DeliveryOutcome.Accepted, (await SendAsync(ChannelKind.Teams)).Outcome);
        Assert.Equal(2, _received.Count);
    }

    [Fact]
    public async Task Send_ServerKeepsFailing_IsLeftAloneForAWhile()
    {
        _answers = static _ => HttpStatusCode.ServiceUnavailable;
        await using ServiceProvider provider = Provider();
        WebhookChannel channel = Channel(provider, ChannelKind.Slack);
        for (int i = 0; i < 2; i++)
        {
            await channel.SendAsync(SampleIncident.Alert(), TestContext.Current.CancellationToken);
        }

        int before = _received.Count;
        Delivery delivery = await channel.SendAsync(SampleIncident.Alert(), TestContext.Current.CancellationToken);

        Assert.Equal(DeliveryOutcome.Temporary, delivery.Outcome);
        Assert.Equal(before, _received.Count);
    }

    [Fact]
    public async Task Send_NobodyListens_IsTemporary()
    {
        await _server.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(DeliveryOutcome.Temporary, (await SendAsync(ChannelKind.Slack)).Outcome);
    }

    [Theory]
    [InlineData("Kind=Slack;Name=a;Url=http://hooks.example.org/x", "https://")]
    [InlineData("Kind=Slack;Name=a;Url=", "https://")]
    [InlineData("Kind=CloudEvents;Name=a;Url=https://x.example", "key to sign")]
    [InlineData("Kind=PagerDuty;Name=a", "routing key")]
    [InlineData("Kind=CloudEvents;Name=a;Url=https://x.example;Secret=whsec_%%", "Base64")]
    [InlineData("Kind=Slack;Name=mail;Url=https://x.example", "taken")]
    [InlineData("Kind=Slack;Name=a b;Url=https://x.example", "Name")]
    [InlineData("Name=a;Url=https://x.example", "Kind")]
    [InlineData("Kind=Slack;Name=a;Url=https://x.example;QuietHours=22-7", "QuietHours")]
    [InlineData("Kind=Slack;Name=a;Url=https://x.example;Tactics=stealing", "not a tactic")]
    public void Read_BadSettings_SaysWhatIsWrong(string settings, string problem)
    {
        OptionsValidationException fault = Assert.Throws<OptionsValidationException>(() => Read(settings));

        Assert.Contains(problem, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TwoOfOneName_SaysSo()
    {
        Dictionary<string, string?> settings = new();
        foreach (string channel in new[] { "0", "1" })
        {
            settings[$"{WebhookChannelOptions.Section}:{channel}:Kind"] = "Slack";
            settings[$"{WebhookChannelOptions.Section}:{channel}:Name"] = "soc";
            settings[$"{WebhookChannelOptions.Section}:{channel}:Url"] = "https://x.example";
        }

        OptionsValidationException fault = Assert.Throws<OptionsValidationException>(() => OptionsList.Read<WebhookChannelOptions>(
            new ConfigurationBuilder().AddInMemoryCollection(settings).Build(),
            WebhookChannelOptions.Section,
            static channel => channel.Name));

        Assert.Contains("there are several for 'soc'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_GoodSettings_GivesTheRoute()
    {
        WebhookChannelOptions options = Assert.Single(Read(
            "Kind=PagerDuty;Name=night;Secret=key;LowestSeverity=High;Clusters=prod, stage;"
            + "Tactics=impact;QuietHours=22:00-07:00;TimeZone=Europe/Berlin"));

        AlertRoute route = options.ToRoute();
        Assert.Equal("https://events.pagerduty.com/v2/enqueue", options.Target.AbsoluteUri);
        Assert.Equal(["prod", "stage"], route.Clusters);
        Assert.Equal("Europe/Berlin", route.Quiet!.Zone.Id);
    }

    private static IReadOnlyList<WebhookChannelOptions> Read(string settings) => OptionsList.Read<WebhookChannelOptions>(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Split(';').Select(static pair => pair.Split('=', 2))
            .Select(static pair => new KeyValuePair<string, string?>($"{WebhookChannelOptions.Section}:0:{pair[0]}", pair[1]))).Build(),
        WebhookChannelOptions.Section,
        static channel => channel.Name);

    private async Task<Delivery> SendAsync(ChannelKind kind)
    {
        await using ServiceProvider provider = Provider();
        return await Channel(provider, kind).SendAsync(SampleIncident.Alert(), TestContext.Current.CancellationToken);
    }

    private static ServiceProvider Provider()
    {
        ServiceCollection services = new();
        services.AddLogging();
        ChannelHttp.Add(services, "hook");
        return services.BuildServiceProvider();
    }

    private WebhookChannel Channel(ServiceProvider provider, ChannelKind kind) => new(
        provider.GetRequiredService<IHttpClientFactory>(),
        new WebhookChannelOptions { Name = "hook", Kind = kind, Url = _url, Secret = "the secret" },
        TimeProvider.System);
}
