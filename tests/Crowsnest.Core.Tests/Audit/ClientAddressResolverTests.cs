using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Tests.Audit;

public sealed class ClientAddressResolverTests
{
    [Theory]
    [InlineData(new string[0], "")]
    [InlineData(new[] { "203.0.113.9" }, "203.0.113.9")]
    [InlineData(new[] { "203.0.113.9", "172.31.52.37" }, "203.0.113.9")]
    [InlineData(new[] { "10.0.0.1", "203.0.113.9", "172.31.52.37" }, "203.0.113.9")]
    [InlineData(new[] { "172.31.1.1" }, "172.31.1.1")]
    [InlineData(new[] { "::ffff:172.31.1.1", "2001:db8::7" }, "2001:db8::7")]
    [InlineData(new[] { "203.0.113.9", "::ffff:172.31.1.1" }, "203.0.113.9")]
    public void Resolve_SourceIPsOfAks_TakesTheRightMostOutsideTheProxies(string[] sourceIPs, string expected) =>
        Assert.Equal(expected, ClientAddressResolver.Default.Resolve(sourceIPs, isAks: true));

    [Theory]
    [InlineData(new[] { "203.0.113.9", "172.31.52.37" }, "172.31.52.37")]
    [InlineData(new[] { "203.0.113.9", "172.30.0.5" }, "172.30.0.5")]
    [InlineData(new[] { "203.0.113.9", "169.254.1.1" }, "203.0.113.9")]
    public void Resolve_SourceIPsOfAnotherPlatform_TakesItsNetworksForPeople(string[] sourceIPs, string expected) =>
        Assert.Equal(expected, ClientAddressResolver.Default.Resolve(sourceIPs, isAks: false));

    [Fact]
    public void Resolve_NetworksOfOnesOwn_CountOnEveryPlatform() =>
        Assert.Equal("203.0.113.9", new ClientAddressResolver(["172.31.0.0/16"]).Resolve(["203.0.113.9", "172.31.52.37"], isAks: false));
}
