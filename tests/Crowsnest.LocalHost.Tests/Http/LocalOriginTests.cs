using Crowsnest.LocalHost.Http;
using Microsoft.AspNetCore.Http;

namespace Crowsnest.LocalHost.Tests.Http;

public sealed class LocalOriginTests
{
    [Theory]
    [InlineData("localhost:7071", null, true)]
    [InlineData("LOCALHOST:7071", null, true)]
    [InlineData("127.0.0.1:7071", "http://127.0.0.1:7071", true)]
    [InlineData("[::1]:7071", "http://localhost:7071", true)]
    [InlineData("localhost:7072", null, false)]
    [InlineData("localhost", null, false)]
    [InlineData("rebound.example.org:7071", null, false)]
    [InlineData("localhost.example.org:7071", null, false)]
    [InlineData("127.0.0.1.example.org:7071", null, false)]
    [InlineData("", null, false)]
    [InlineData("localhost:7071", "http://rebound.example.org:7071", false)]
    [InlineData("localhost:7071", "http://localhost:3000", false)]
    [InlineData("localhost:7071", "https://localhost:7071", false)]
    [InlineData("localhost:7071", "null", false)]
    [InlineData("localhost:7071", "http://localhost:7071@example.org", false)]
    public void IsOf_HostAndOrigin_OnlyThisMachineAndPort(string host, string? origin, bool expected)
    {
        DefaultHttpContext context = new();
        context.Request.Host = new HostString(host);
        if (origin is not null)
        {
            context.Request.Headers.Origin = origin;
        }

        Assert.Equal(expected, LocalOrigin.IsOf(context.Request, 7071));
    }

    [Fact]
    public void IsOf_SeveralOrigins_IsRefused()
    {
        DefaultHttpContext context = new();
        context.Request.Host = new HostString("localhost:7071");
        context.Request.Headers.Origin = new(["http://localhost:7071", "http://example.org"]);

        Assert.False(LocalOrigin.IsOf(context.Request, 7071));
    }
}
