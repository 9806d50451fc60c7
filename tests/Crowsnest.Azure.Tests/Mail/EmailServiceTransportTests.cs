using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Crowsnest.Azure.Channels;
using Crowsnest.Azure.Mail;
using Crowsnest.Core.Alerting;
using Crowsnest.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Crowsnest.Azure.Tests.Mail;

/// <summary>Mail by REST, against a fake that holds the documented contract and counts what it took.</summary>
public sealed class EmailServiceTransportTests : IDisposable
{
    private static readonly AlertMail Mail = AlertMail.Of(SampleIncident.Alert(revision: 2));

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2031, 5, 1, 9, 0, 0, TimeSpan.Zero));
    private readonly FakeEmailService _service;
    private readonly MailOptions _options = new()
    {
        Endpoint = $"https://{FakeEmailService.Host}",
        From = $"DoNotReply@{FakeEmailService.SenderDomain}",
        To = "a@example.org, b@example.org",
    };

    public EmailServiceTransportTests() => _service = new FakeEmailService(_clock);

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task Send_Mail_IsTakenOnceWithTextsAndRecipients()
    {
        Delivery delivery = await SendAsync();

        Assert.Equal(DeliveryOutcome.Accepted, delivery.Outcome);
        Assert.Empty(_service.Breaches);
        (string id, JsonElement mail) = Assert.Single(_service.Taken);
        Assert.Equal(id, delivery.Detail);
        Assert.Equal(Mail.Subject, mail.GetProperty("content").GetProperty("subject").GetString());
        Assert.Equal(Mail.Text, mail.GetProperty("content").GetProperty("plainText").GetString());
        Assert.Equal(Mail.Html, mail.GetProperty("content").GetProperty("html").GetString());
        Assert.Equal(
            ["a@example.org", "b@example.org"],
            mail.GetProperty("recipients").GetProperty("to").EnumerateArray().Select(static to => to.GetProperty("address").GetString()));
        Assert.True(mail.GetProperty("userEngagementTrackingDisabled").GetBoolean());
    }

    [Theory]
    [InlineData(EmailFault.Unauthorized)]
    [InlineData(EmailFault.Forbidden)]
    [InlineData(EmailFault.Throttled)]
    [InlineData(EmailFault.ServerError)]
    [InlineData(EmailFault.ServerErrorAfterAcceptance)]
    [InlineData(EmailFault.Timeout)]
    [InlineData(EmailFault.TimeoutAfterAcceptance)]
    [InlineData(EmailFault.Away)]
    public async Task Send_FaultAtAnyRequest_EndsInExactlyOneMail(EmailFault fault)
    {
        // Without a fault there are four: asked, sent, on its way, done.
        for (int at = 0; at < 4; at++)
        {
            using FakeEmailService service = new(_clock) { Faults = (number, _) => number == at ? fault : EmailFault.None };

            for (int tries = 0; (await SendAsync(service)).Outcome is DeliveryOutcome.Temporary or DeliveryOutcome.Unsure; tries++)
            {
                Assert.True(tries < 3, $"{fault} at request {at} does not end");
            }

            Assert.Empty(service.Breaches);
            Assert.True(service.Taken.Count == 1, $"{fault} at request {at}: {service.Taken.Count} mails");
        }
    }

    [Fact]
    public async Task Send_Throttled_SaysHowLongToWaitAndSendsNothing()
    {
        _service.Faults = static (_, method) => method == HttpMethod.Post ? EmailFault.Throttled : EmailFault.None;

        Delivery delivery = await SendAsync();

        Assert.Equal((DeliveryOutcome.Temporary, TimeSpan.FromMinutes(10)), (delivery.Outcome, delivery.RetryAfter));
        Assert.Empty(_service.Taken);
    }

    [Fact]
    public async Task Send_OnItsWay_AsksNoSoonerThanTheServiceWants()
    {
        _service.PollSeconds = 20;
        _service.Running = 2;

        Assert.Equal(DeliveryOutcome.Accepted, (await SendAsync()).Outcome);
        DateTimeOffset[] polls = [.. _service.Requests.Skip(1).Select(static request => request.At)];
        Assert.Equal(4, polls.Length);
        Assert.All(polls.Zip(polls.Skip(1)), static pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Send_NotDoneInTime_IsAskedAboutLaterAndNotSentAgain()
    {
        _service.PollSeconds = 3600;
        Delivery first = await SendAsync();
        Assert.Equal((DeliveryOutcome.Unsure, TimeSpan.FromHours(1)), (first.Outcome, first.RetryAfter));

        _clock.Advance(TimeSpan.FromHours(1));
        _service.Running = 0;

        Assert.Equal(DeliveryOutcome.Accepted, (await SendAsync()).Outcome);
        Assert.Single(_service.Taken);
        Assert.Equal(HttpMethod.Get, _service.Requests[^1].Method);
    }

    [Fact]
    public async Task Send_ServiceGivesUp_IsRefusedWithItsReason()
    {
        _service.End = "Failed";

        Delivery delivery = await SendAsync();

        Assert.Equal(DeliveryOutcome.Refused, delivery.Outcome);
        Assert.Contains("all recipients are suppressed", delivery.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_DomainIsNotLinkedYet_WaitsForIt()
    {
        _options.From = "DoNotReply@elsewhere.example.org";

        Delivery delivery = await SendAsync();

        Assert.Equal(DeliveryOutcome.Temporary, delivery.Outcome);
        Assert.Contains("DomainNotLinked", delivery.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void OperationId_SameMail_IsTheSameGuidAndAnotherOfEachRevision()
    {
        string id = EmailRequest.OperationId("a@example.org", "incident.2@crowsnest");

        Assert.Equal(id, EmailRequest.OperationId("a@example.org", "incident.2@crowsnest"));
        Assert.Equal('8', id[14]);
        Assert.Equal(
            3,
            new[]
            {
                id,
                EmailRequest.OperationId("a@example.org", "incident.3@crowsnest"),
                EmailRequest.OperationId("b@example.org", "incident.2@crowsnest"),
            }.Distinct().Count());
    }

    // Lets the time pass that it waits for.
    private async Task<Delivery> SendAsync(FakeEmailService? service = null)
    {
        using HttpClient client = new(service ?? _service, disposeHandler: false);
        TokenCredential credential = DelegatedTokenCredential.Create(static (context, _) => new AccessToken(
            context.Scopes.Single() == "https://communication.azure.com/.default" ? FakeEmailService.Token : "of another scope",
            DateTimeOffset.MaxValue));
        EmailServiceTransport transport = new(Options.Create(_options), _clock, credential, new HttpClientTransport(client));
        Task<Delivery> sending = transport.SendAsync(Mail, TestContext.Current.CancellationToken);
        while (await Task.WhenAny(sending, Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken)) != sending)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        return await sending;
    }
}
