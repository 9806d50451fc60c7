using System.Security.Cryptography;
using Crowsnest.Azure.Webhook;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Tests.Webhook;

public sealed class WebhookGuardTests
{
    private static readonly byte[] Certificate = [0x30, 0x82, 1, 2, 3];
    private static readonly string Thumbprint = Convert.ToHexString(SHA256.HashData(Certificate));

    [Theory]
    [InlineData("Bearer right", true)]
    [InlineData("bearer right", true)]
    [InlineData("Bearer wrong", false)]
    [InlineData("Bearer ", false)]
    [InlineData("right", false)]
    [InlineData(null, false)]
    public void Admits_Secret_OnlyTheRightOne(string? authorization, bool expected) =>
        Assert.Equal(expected, Guard(new() { Secret = "right" }).Admits(authorization, null));

    [Fact]
    public void Admits_Certificate_OnlyTheKnownOne()
    {
        WebhookGuard guard = Guard(new() { ClientCertificates = $"{new string('0', 64)}, {Thumbprint}" });

        Assert.True(guard.Admits(null, Convert.ToBase64String(Certificate)));
        Assert.False(guard.Admits(null, Convert.ToBase64String([1, 2, 3])));
        Assert.False(guard.Admits(null, "not base64!"));
        Assert.False(guard.Admits("Bearer ", ""));
    }

    [Fact]
    public void Admits_NothingConfigured_AdmitsNobody()
    {
        WebhookGuard guard = Guard(new());

        Assert.False(guard.IsConfigured);
        Assert.False(guard.Admits("Bearer ", ""));
        Assert.False(guard.Admits("Bearer x", Convert.ToBase64String(Certificate)));
    }

    private static WebhookGuard Guard(WebhookOptions options) => new(Options.Create(options));
}
