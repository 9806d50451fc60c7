using Crowsnest.Azure.Channels;
using Crowsnest.Azure.Mail;
using Crowsnest.Core.Alerting;
using Crowsnest.Testing;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Tests.Mail;

public sealed class SmtpTransportTests
{
    private static readonly AlertMail Mail =
        new("abc@crowsnest", "first@crowsnest", "[High] prod: something", "the text", "<p>the html</p>");

    [Fact]
    public async Task Send_ToARelay_DeliversTheMessage()
    {
        await using FakeSmtpServer server = new();

        Delivery delivery = await SendAsync(server);

        Assert.Equal(DeliveryOutcome.Accepted, delivery.Outcome);
        string message = Assert.Single(server.Messages);
        Assert.Equal("abc@crowsnest", Assert.Single(server.MessageIds));
        foreach (string header in new[]
        {
            "In-Reply-To: <first@crowsnest>",
            "References: <first@crowsnest>",
            "Auto-Submitted: auto-generated",
            "List-Id: Crowsnest alerts <alerts.crowsnest>",
        })
        {
            Assert.Contains(header, message, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Contains("the text", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_ServerWithoutTls_WaitsByDefault()
    {
        await using FakeSmtpServer server = new();

        Delivery delivery = await SendAsync(server, static options => options.RequireTls = true);

        Assert.Equal(DeliveryOutcome.Temporary, delivery.Outcome);
        Assert.Empty(server.Messages);
    }

    [Theory]
    [InlineData(SmtpFault.Away, DeliveryOutcome.Temporary)]
    [InlineData(SmtpFault.NoService, DeliveryOutcome.Temporary)]
    [InlineData(SmtpFault.GreyList, DeliveryOutcome.Temporary)]
    [InlineData(SmtpFault.LocalError, DeliveryOutcome.Temporary)]
    [InlineData(SmtpFault.CutBeforeData, DeliveryOutcome.Temporary)]
    [InlineData(SmtpFault.Silent, DeliveryOutcome.Temporary)]
    [InlineData(SmtpFault.Slow, DeliveryOutcome.Temporary)]
    [InlineData(SmtpFault.NoSuchUser, DeliveryOutcome.Refused)]
    [InlineData(SmtpFault.CutAfterData, DeliveryOutcome.Unsure)]
    public async Task Send_ServerAtFault_IsGraded(SmtpFault fault, DeliveryOutcome expected)
    {
        await using FakeSmtpServer server = new() { Faults = _ => fault };

        Delivery delivery = await SendAsync(server);

        Assert.Equal(expected, delivery.Outcome);
        Assert.NotEmpty(delivery.Detail);
    }

    [Fact]
    public async Task Send_NobodyListens_IsTemporary()
    {
        FakeSmtpServer server = new();
        await server.DisposeAsync();

        Assert.Equal(DeliveryOutcome.Temporary, (await SendAsync(server)).Outcome);
    }

    [Fact]
    public async Task Send_OneRecipientIsRefused_ReachesTheOthersAndSaysSo()
    {
        await using FakeSmtpServer server = new() { Refused = "gone@example.org" };

        Delivery delivery = await SendAsync(server, static options => options.To = "gone@example.org, here@example.org");

        Assert.Equal(DeliveryOutcome.Accepted, delivery.Outcome);
        Assert.Contains("gone@example.org (550", delivery.Detail, StringComparison.Ordinal);
        Assert.Single(server.Messages);
    }

    private static Task<Delivery> SendAsync(FakeSmtpServer server, Action<MailOptions>? change = null)
    {
        MailOptions options = new() { Host = "127.0.0.1", Port = server.Port, RequireTls = false, TimeoutSeconds = 1 };
        change?.Invoke(options);
        return new SmtpTransport(Options.Create(options), TimeProvider.System).SendAsync(Mail, TestContext.Current.CancellationToken);
    }
}
