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
    public void Resolve_SourceIPs_TakesTheRightMostOutsideTheProxies(string[] sourceIPs, string expected) =>
        Assert.Equal(expected, ClientAddressResolver.Default.Resolve(sourceIPs));
}
