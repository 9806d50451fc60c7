using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Crowsnest.Azure.Webhook;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Tests.Webhook;

public sealed class WebhookGuardTests
{
    private const string OfEdge = "the secret of edge";

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
        Assert.Equal(expected, Guard(new() { Secret = "right" }).Admits("default", authorization, null));

    [Theory]
    [InlineData("edge-1", OfEdge, true)]
    [InlineData("edge-1", "right", false)]
    [InlineData("default", OfEdge, false)]
    [InlineData("default", "right", true)]
    [InlineData("edge-2", OfEdge, false)]
    [InlineData("edge-2", "right", false)]
    public void Admits_SecretOfACluster_ForThatClusterOnly(string cluster, string secret, bool expected) =>
        Assert.Equal(expected, Guard(WithEdge(new() { Secret = "right" })).Admits(cluster, $"Bearer {secret}", null));

    [Theory]
    [InlineData("edge-1", false)]
    [InlineData("edge-2", true)]
    public void Admits_SecretForAll_NotWhereTheClusterHasItsOwn(string cluster, bool expected) =>
        Assert.Equal(expected, Guard(WithEdge(new() { Secret = "right", SecretForAll = true })).Admits(cluster, "Bearer right", null));

    [Fact]
    public void Admits_Certificate_OnlyTheKnownOne()
    {
        WebhookGuard guard = Guard(new() { ClientCertificates = $"{new string('0', 64)}, {Thumbprint}", PlatformChecksCertificates = true });

        Assert.True(guard.Admits("default", null, Convert.ToBase64String(Certificate)));
        Assert.False(guard.Admits("other", null, Convert.ToBase64String(Certificate)));
        Assert.False(guard.Admits("default", null, Convert.ToBase64String([1, 2, 3])));
        Assert.False(guard.Admits("default", null, "not base64!"));
        Assert.False(guard.Admits("default", "Bearer ", ""));
    }

    // The header is anyone's to write, and a certificate is public.
    [Fact]
    public void Admits_CertificateThatThePlatformDoesNotCheck_AdmitsNobody() =>
        Assert.False(Guard(new() { ClientCertificates = Thumbprint }).Admits("default", null, Convert.ToBase64String(Certificate)));

    [Fact]
    public void Admits_NothingConfigured_AdmitsNobody()
    {
        WebhookGuard guard = Guard(new());

        Assert.False(guard.IsConfigured);
        Assert.False(guard.Admits("default", "Bearer ", ""));
        Assert.False(guard.Admits("default", "Bearer x", Convert.ToBase64String(Certificate)));
    }

    [Fact]
    public void Validate_WhatCouldLetTheWrongOnesIn_IsRefused()
    {
        Assert.Empty(Problems(WithEdge(new())));
        Assert.Single(Problems(new() { ClientCertificates = Thumbprint }));
        Assert.Single(Problems(new() { ClientCertificates = "12", PlatformChecksCertificates = true }));
        Assert.Single(Problems(With(new(), new() { Name = "a", Secret = "short" })));
        Assert.Single(Problems(With(new(), new() { Name = "a" })));
        Assert.Single(Problems(With(WithEdge(new()), new() { Name = "other", Secret = OfEdge })));
        Assert.Single(Problems(With(WithEdge(new()), new() { Name = "EDGE-1", Secret = OfEdge + "2" })));
    }

    private static WebhookOptions WithEdge(WebhookOptions options) => With(options, new() { Name = "Edge_1", Secret = OfEdge });

    private static WebhookOptions With(WebhookOptions options, WebhookClusterOptions cluster)
    {
        options.Clusters.Add(cluster);
        return options;
    }

    private static IEnumerable<ValidationResult> Problems(WebhookOptions options) => options.Validate(new ValidationContext(options));

    private static WebhookGuard Guard(WebhookOptions options) => new(Options.Create(options), Options.Create(new CrowsnestOptions()));
}
