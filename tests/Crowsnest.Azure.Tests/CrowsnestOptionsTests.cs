using Crowsnest.Azure.Mail;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Tests;

public sealed class CrowsnestOptionsTests
{
    [Fact]
    public void Options_Defaults_AreValid()
    {
        using ServiceProvider services = Build([]);

        Assert.Equal(3, services.GetRequiredService<IOptions<CrowsnestOptions>>().Value.FalseAlertsPerDay);
        Assert.True(services.GetRequiredService<IOptions<MailOptions>>().Value.RequireTls);
    }

    [Theory]
    [InlineData("Crowsnest:FalseAlertsPerDay", "0")]
    [InlineData("Crowsnest:ReloadSeconds", "3600")]
    [InlineData("Crowsnest:ProxyNetworks", "10.0.0.0/8,nonsense")]
    public void Options_OutOfRange_AreRefused(string key, string value)
    {
        OptionsValidationException fault =
            Assert.Throws<OptionsValidationException>(() => Build(new Dictionary<string, string?> { [key] = value }));

        Assert.StartsWith(key.Replace(":", "__", StringComparison.Ordinal), Assert.Single(fault.Failures), StringComparison.Ordinal);
    }

    private static ServiceProvider Build(Dictionary<string, string?> settings)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        return new ServiceCollection().AddLogging().AddCrowsnest(configuration).BuildServiceProvider();
    }
}
