using Crowsnest.Core.Audit;
using Crowsnest.Core.Features;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Features;

public sealed class TraitTextTests
{
    [Theory]
    [InlineData("kubectl/v1.30.1 (darwin/arm64) kubernetes/6911225", "kubectl", "kubectl/v1.30")]
    [InlineData("Go-http-client/1.1", "Go-http-client", "Go-http-client/1.1")]
    [InlineData("curl", "curl", "curl")]
    [InlineData("", "", "")]
    public void Client_UserAgent_GivesFamilyAndVersion(string userAgent, string family, string version)
    {
        Assert.Equal(family, TraitText.ClientFamily(userAgent));
        Assert.Equal(version, TraitText.ClientVersion(userAgent));
    }

    [Theory]
    [InlineData("web-7d4b9c8f6d-x2kpt", "web")]
    [InlineData("backup-28391", "backup")]
    [InlineData("metrics-server", "metrics-server")]
    [InlineData("cluster-admin", "cluster-admin")]
    public void NameTemplate_GeneratedEnding_IsTakenOff(string name, string expected) =>
        Assert.Equal(expected, TraitText.NameTemplate(name));

    [Theory]
    [InlineData("nginx:1", "docker.io/library")]
    [InlineData("someone/app", "docker.io/someone")]
    [InlineData("registry.example.org/app:1", "registry.example.org")]
    [InlineData("localhost:5000/app", "localhost:5000")]
    public void Registry_Image_IsItsHost(string image, string expected) => Assert.Equal(expected, ImageRegistry.Of(image));

    [Theory]
    [InlineData("198.51.100.7", "198.51.100.0/24")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("nonsense", "nonsense")]
    public void Network_Address_IsItsPrefix(string address, string expected) => Assert.Equal(expected, NetworkPrefix.Of(address));

    [Theory]
    [InlineData("198.51.100.7", "198.51.100.0/24")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48")]
    public void Site_Address_IsWhatOneCustomerIsGiven(string address, string expected) => Assert.Equal(expected, NetworkPrefix.SiteOf(address));

    [Theory]
    [InlineData("/apis/apps/v1/deployments?limit=5", "get /apis/apps")]
    [InlineData("/healthz", "get /healthz")]
    [InlineData("/", "get /")]
    public void Action_OtherUrl_IsItsBeginning(string uri, string expected) =>
        Assert.Equal(expected, TraitText.Action(new EventJson { Verb = "get", Resource = "", RequestUri = uri }.ToEvent()));
}
