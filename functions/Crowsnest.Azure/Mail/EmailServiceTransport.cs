using System.Globalization;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Crowsnest.Azure.Channels;
using Crowsnest.Core.Alerting;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Mail;

/// <summary>
/// Sends mails through Azure Communication Services (REST, 2023-03-31) with the app's identity: there is no secret. The operation's id
/// follows from the mail, so each try first asks what became of the one before it, and nothing is sent twice.
/// </summary>
public sealed class EmailServiceTransport : IMailTransport
{
    private const string ApiVersion = "2023-03-31";
    private const string Scope = "https://communication.azure.com/.default";

    // Asking, sending, and waiting for the service to be done: together shorter than a claim.
    private const int MostPauses = 3;

    private static readonly TimeSpan UsualPause = TimeSpan.FromSeconds(5);

    private readonly MailOptions _options;
    private readonly TimeProvider _clock;
    private readonly Uri _endpoint;
    private readonly HttpPipeline _pipeline;

    /// <summary>Makes the transport.</summary>
    /// <param name="options">The mail settings, with an endpoint.</param>
    /// <param name="clock">Tells how long it has taken.</param>
    /// <param name="credential">The identity that may send.</param>
    /// <param name="http">The way out.</param>
    public EmailServiceTransport(
        IOptions<MailOptions> options, TimeProvider clock, TokenCredential credential, HttpPipelineTransport http)
    {
        _options = options.Value;
        _clock = clock;
        _endpoint = new Uri(_options.Endpoint);
        PipelineOptions settings = new() { Transport = http };

        // Whether to try again is for whoever knows what went out.
        settings.Retry.MaxRetries = 0;
        settings.Retry.NetworkTimeout = TimeSpan.FromSeconds(_options.TimeoutSeconds);
        _pipeline = HttpPipelineBuilder.Build(settings, new BearerTokenAuthenticationPolicy(credential, Scope));
    }

    /// <summary>True: a known operation is asked about and not begun again.</summary>
    public bool MayRepeat => true;

    /// <summary>False: pictures inside the text need a later version of the service's interface.</summary>
    public bool ShowsPictures => false;

    public async Task<Delivery> SendAsync(AlertMail mail, CancellationToken cancellationToken)
    {
        TimeSpan limit = TimeSpan.FromSeconds(_options.TimeoutSeconds * MostPauses);
        DateTimeOffset end = _clock.GetUtcNow() + limit;
        using CancellationTokenSource late = new(limit, _clock);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        string id = EmailRequest.OperationId(_options.From, mail.MessageId);
        DeliveryOutcome doubt = DeliveryOutcome.Temporary;
        try
        {
            EmailAnswer answer = await AskAsync(id, both.Token);
            if (answer.IsUnknown)
            {
                doubt = DeliveryOutcome.Unsure;
                answer = await PostAsync(id, mail, both.Token);
            }

            if (answer.Refusal(isAsked: doubt == DeliveryOutcome.Temporary) is { } refusal)
            {
                return refusal;
            }

            doubt = DeliveryOutcome.Unsure;
            while (answer.IsOpen)
            {
                TimeSpan pause = answer.RetryAfter ?? UsualPause;
                if (_clock.GetUtcNow() + pause >= end)
                {
                    return new Delivery(DeliveryOutcome.Unsure, $"taken as {id}, and not done yet: {answer.Said}") { RetryAfter = pause };
                }

                await Task.Delay(pause, _clock, both.Token);
                answer = await AskAsync(id, both.Token);
            }

            // It was taken: that the service no longer knows of it is no reason to send it again.
            return answer.IsUnknown ? new Delivery(DeliveryOutcome.Accepted, $"taken as {id}; what became of it is not known")
                : answer.HasSucceeded ? new Delivery(DeliveryOutcome.Accepted, id)
                : new Delivery(DeliveryOutcome.Refused, $"{id}: {answer.Said}");
        }
#pragma warning disable CA1031 // No token, a broken line, a late answer: all is mended by others, and the mail waits for that.
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            bool stayed = fault is RequestFailedException { InnerException: HttpRequestException line } && ChannelHttp.DidNotGoOut(line);
            return new Delivery(stayed ? DeliveryOutcome.Temporary : doubt, $"{fault.GetType().Name}: {SafeText.OneLine(fault.Message)}");
        }
    }

    private Task<EmailAnswer> AskAsync(string id, CancellationToken cancellationToken) =>
        CallAsync(RequestMethod.Get, $"emails/operations/{id}", null, null, cancellationToken);

    private Task<EmailAnswer> PostAsync(string id, AlertMail mail, CancellationToken cancellationToken) =>
        CallAsync(RequestMethod.Post, "emails:send", id, EmailRequest.Body(mail, _options), cancellationToken);

    private async Task<EmailAnswer> CallAsync(
        RequestMethod method, string path, string? id, byte[]? body, CancellationToken cancellationToken)
    {
        using HttpMessage message = _pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(new Uri(_endpoint, $"/{path}?api-version={ApiVersion}"));
        message.Request.Headers.Add("Accept", "application/json");
        if (body is not null)
        {
            message.Request.Headers.Add("Operation-Id", id!);
            message.Request.Headers.Add("Content-Type", "application/json");
            message.Request.Content = RequestContent.Create(body);
        }

        await _pipeline.SendAsync(message, cancellationToken);
        return EmailAnswer.Of(
            message.Response.Status,
            message.Response.Headers.TryGetValue("Retry-After", out string? pause) ? Pause(pause) : null,
            message.Response.Content);
    }

    // Seconds, or a date (RFC 9110, 10.2.3).
    private TimeSpan? Pause(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) ? TimeSpan.FromSeconds(seconds)
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset until)
            ? TimeSpan.FromTicks(Math.Max(0, (until - _clock.GetUtcNow()).Ticks))
        : null;

    private sealed class PipelineOptions : ClientOptions;
}
