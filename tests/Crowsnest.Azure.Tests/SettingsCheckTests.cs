using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Tests;

/// <summary>Whoever sets something wrong hears all of it at once, by name.</summary>
public sealed class SettingsCheckTests
{
    [Fact]
    public void Start_ManyWrongSettings_NamesEachAndNoValue()
    {
        OptionsValidationException fault = Assert.Throws<OptionsValidationException>(() => Add(new()
        {
            ["Crowsnest:AlertsPerDay"] = "many",
            ["Crowsnest:FalseAlertsPerDay"] = "0",
            ["Crowsnest:LowestSeverity"] = "severe",
            ["Crowsnest:ProxyNetworks"] = "10.0.0.0/8,nonsense",
            ["Crowsnest:RedactArchive"] = "perhaps",
            ["Crowsnest:Mail:To"] = "nobody",
            ["Crowsnest:Mail:Port"] = "0",
            ["Crowsnest:Mail:Endpoint"] = "http://plain.example.org",
            ["Crowsnest:Mail:Route:QuietHours"] = "at night",
            ["Crowsnest:Webhook:Clusters:0:Name"] = "edge",
            ["Crowsnest:Webhook:Clusters:0:Secret"] = "s3cret-short",
            ["Crowsnest:Compaction:RawDays"] = "-1",
            ["Crowsnest:Investigation:MostSeconds"] = "4000",
            ["Crowsnest:Channels:0:Name"] = "chat",
            ["Crowsnest:Channels:0:Kind"] = "Smoke",
            ["Crowsnest:Channels:1:Name"] = "pager",
            ["Crowsnest:Channels:1:Kind"] = "PagerDuty",
            ["Crowsnest:Canaries:0:Cluster"] = "prod",
            ["Crowsnest:Canaries:0:Url"] = "ftp://token-in-here",
        }));

        string[] names =
        [
            "Crowsnest__AlertsPerDay: set it to a whole number", "Crowsnest__FalseAlertsPerDay: The field FalseAlertsPerDay must be between",
            "Crowsnest__LowestSeverity: set it to one of Informational, Low", "Crowsnest__ProxyNetworks: 'nonsense' is no network",
            "Crowsnest__RedactArchive: set it to true or false", "Crowsnest__Mail__To: 'nobody' is no mail address", "Crowsnest__Mail__Port: ",
            "Crowsnest__Mail__Endpoint: ", "Crowsnest__Mail__Route__QuietHours: ",
            "Crowsnest__Webhook__Clusters: the Secret of cluster 'edge' must have 16 characters or more", "Crowsnest__Compaction__RawDays: ",
            "Crowsnest__Investigation__MostSeconds: ", "Crowsnest__Channels__0__Kind: set it to one of Slack, Teams",
            "Crowsnest__Channels__1__Secret: Secret must be the integration's routing key", "Crowsnest__Canaries__0__Url: ",
        ];
        Assert.All(names, name => Assert.Contains(fault.Failures, one => one.StartsWith(name, StringComparison.Ordinal)));
        Assert.All(fault.Failures, static one =>
        {
            Assert.StartsWith("Crowsnest__", one, StringComparison.Ordinal);
            Assert.DoesNotContain("s3cret-short", one, StringComparison.Ordinal);
            Assert.DoesNotContain("token-in-here", one, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Start_NothingSet_IsRight() => Add([]);

    private static void Add(Dictionary<string, string?> settings) =>
        new ServiceCollection().AddCrowsnest(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
}
