using Crowsnest.Testing;

namespace Crowsnest.Functions.Tests.Pages;

/// <summary>The page of settings shows what is in effect, and no secret.</summary>
public sealed class SettingsPageTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task Settings_SecretsAreSet_NoneIsShown()
    {
        await using ConsoleHost host = new(
            azurite.Connection,
            [
                .. ConsoleHost.SignIn,
                new("Crowsnest:AlertsPerDay", "17"),
                new("Crowsnest:Console:LocalKey", ConsoleHost.LocalKey),
                new("Crowsnest:Mail:Host", "smtp.example.org"),
                new("Crowsnest:Mail:Username", "planted-user"),
                new("Crowsnest:Mail:Password", "planted-password"),
                new("Crowsnest:Webhook:Secret", "planted-secret-of-the-webhook"),
                new("Crowsnest:Webhook:SecretForAll", "true"),
                new("Crowsnest:Channels:0:Name", "chat"),
                new("Crowsnest:Channels:0:Kind", "Slack"),
                new("Crowsnest:Channels:0:Url", "https://hooks.example.org/planted-path"),
                new("Crowsnest:Channels:0:Secret", "planted-channel-secret"),
            ]);

        ConsoleAnswer answer = await host.AskAsync("GET", "settings", ["admin"]);

        Assert.Equal(200, answer.Status);
        Assert.DoesNotContain("planted", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(ConsoleHost.LocalKey, answer.Body, StringComparison.Ordinal);
        Assert.Contains("smtp.example.org", answer.Body, StringComparison.Ordinal);
        Assert.Contains("<code>Crowsnest__AlertsPerDay</code></td><td>17<", answer.Body, StringComparison.Ordinal);
        Assert.Contains("chat", answer.Body, StringComparison.Ordinal);
    }
}
