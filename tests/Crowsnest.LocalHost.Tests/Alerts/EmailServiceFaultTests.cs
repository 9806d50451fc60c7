using Azure.Core;
using Azure.Core.Pipeline;
using Crowsnest.Azure.Mail;
using Crowsnest.Azure.Storage;
using Crowsnest.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Crowsnest.LocalHost.Tests.Alerts;

/// <summary>From the incident to Azure Communication Services, with faults, in virtual time: one mail, whatever goes wrong.</summary>
public sealed class EmailServiceFaultTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    [Theory]
    [InlineData(EmailFault.Unauthorized, 30)]
    [InlineData(EmailFault.Forbidden, 30)]
    [InlineData(EmailFault.Throttled, 600)]
    [InlineData(EmailFault.ServerErrorAfterAcceptance, 20)]
    [InlineData(EmailFault.TimeoutAfterAcceptance, 20)]
    public async Task Send_FaultAtFirst_OneMailAndItsPause(EmailFault fault, int leastSeconds)
    {
        await using AlertBench bench = new(azurite.Connection);
        using FakeEmailService service = new(bench.Clock)
        {
            Faults = (number, _) => number is 1 or 2 ? fault : EmailFault.None,
        };
        MailOptions options = new()
        {
            Endpoint = $"https://{FakeEmailService.Host}",
            From = $"DoNotReply@{FakeEmailService.SenderDomain}",
        };
        using HttpClient client = new(service, disposeHandler: false);
        bench.Mail = new EmailServiceTransport(
            Options.Create(options),
            bench.Clock,
            DelegatedTokenCredential.Create(static (_, _) => new AccessToken(FakeEmailService.Token, DateTimeOffset.MaxValue)),
            new HttpClientTransport(client));
        ServiceProvider instance = bench.Instance();
        DateTimeOffset start = bench.Clock.GetUtcNow();

        await bench.Queue.SendAsync(await bench.IncidentAsync(), TimeSpan.Zero, TestContext.Current.CancellationToken);
        await bench.Queue.DrainAsync(async message =>
        {
            // Faults while it is asked about are waited for inside one attempt.
            Task sending = AlertBench.SendAsync(instance, message);
            while (await Task.WhenAny(sending, Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken)) != sending)
            {
                bench.Clock.Advance(TimeSpan.FromSeconds(0.5));
            }

            await sending;
        });

        Assert.Empty(service.Breaches);
        Assert.Single(service.Taken);
        JournalEntry entry = Assert.Single(await bench.JournalAsync());
        Assert.Equal(JournalKind.Sent, entry.Kind);
        Assert.True(entry.At - start >= TimeSpan.FromSeconds(leastSeconds), $"{entry.At - start}");
    }
}
