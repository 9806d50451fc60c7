using System.Net;
using System.Text;
using Crowsnest.Core.Alerting;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Crowsnest.Azure.Channels;

/// <summary>Posts alerts to a webhook.</summary>
public sealed class WebhookChannel(IHttpClientFactory clients, WebhookChannelOptions options, TimeProvider clock) : IAlertChannel
{
    private const int LongestDetail = 200;

    public string Name => options.Name;

    public AlertRoute Route { get; } = options.ToRoute();

    public bool MayRepeat => options.Kind is ChannelKind.PagerDuty or ChannelKind.CloudEvents;

    public async Task<Delivery> SendAsync(AlertContent alert, CancellationToken cancellationToken)
    {
        try
        {
            using HttpClient client = clients.CreateClient(ChannelHttp.ClientName(Name));
            using HttpRequestMessage request = Request(alert);
            using HttpResponseMessage response = await client.SendAsync(request, cancellationToken);
            string answer = await response.Content.ReadAsStringAsync(cancellationToken);
            return new Delivery(
                OutcomeOf(response.StatusCode), $"{(int)response.StatusCode} {SafeText.OneLine(answer, LongestDetail)}".Trim());
        }
        catch (BrokenCircuitException open)
        {
            return new Delivery(DeliveryOutcome.Temporary, open.Message);
        }
        catch (TimeoutRejectedException late)
        {
            return new Delivery(DeliveryOutcome.Unsure, late.Message);
        }
        catch (HttpRequestException fault)
        {
            return new Delivery(ChannelHttp.DidNotGoOut(fault) ? DeliveryOutcome.Temporary : DeliveryOutcome.Unsure, fault.Message);
        }
    }

    private HttpRequestMessage Request(AlertContent alert)
    {
        string body = options.Kind switch
        {
            ChannelKind.Slack => SlackRenderer.Render(alert),
            ChannelKind.Teams => TeamsRenderer.Render(alert),
            ChannelKind.PagerDuty => PagerDutyRenderer.Render(alert, options.Secret),
            _ => CloudEventRenderer.Render(alert),
        };
        HttpRequestMessage request = new(HttpMethod.Post, options.Target)
        {
            Content = new StringContent(
                body, Encoding.UTF8, options.Kind == ChannelKind.CloudEvents ? CloudEventRenderer.ContentType : "application/json"),
        };
        if (options.Kind == ChannelKind.CloudEvents)
        {
            foreach ((string name, string value) in WebhookSignature.Headers(options.Secret, alert.MessageId, clock.GetUtcNow(), body))
            {
                request.Headers.Add(name, value);
            }
        }

        return request;
    }

    // A redirect is not followed: where it leads is for whoever set the address up to say, not for whoever answers there.
    private static DeliveryOutcome OutcomeOf(HttpStatusCode status) => (int)status switch
    {
        >= 200 and < 300 => DeliveryOutcome.Accepted,
        408 or 425 or 429 or 502 or 503 => DeliveryOutcome.Temporary,
        >= 500 => DeliveryOutcome.Unsure,
        _ => DeliveryOutcome.Refused,
    };
}
