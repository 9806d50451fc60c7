using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Crowsnest.Core.Feeds;

namespace Crowsnest.Azure.Feeds;

/// <summary>Asks an API server who we are, which it logs whatever the answer is.</summary>
internal static class CanarySender
{
    private const string Path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    private const string Body = """{"kind":"SelfSubjectReview","apiVersion":"authentication.k8s.io/v1"}""";

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    internal static string NewNonce() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Sends a canary.</summary>
    /// <returns>Why it could not be sent, or null.</returns>
    internal static async Task<string?> SendAsync(CanaryOptions options, string nonce, CancellationToken cancellationToken)
    {
        using SocketsHttpHandler handler = new() { AllowAutoRedirect = false, UseCookies = false };
        if (options.CertificateAuthority.Length > 0)
        {
            handler.SslOptions.CertificateChainPolicy = Policy(options.CertificateAuthority);
        }

        using HttpClient client = new(handler) { Timeout = Longest };
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(new Uri(options.Url), Path))
        {
            Content = new StringContent(Body, Encoding.UTF8, "application/json"),
        };
        request.Headers.UserAgent.ParseAdd(Canary.UserAgent(nonce));
        if (options.Token.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.Token);
        }

        try
        {
            // Refused or not, it is logged.
            using HttpResponseMessage response = await client.SendAsync(request, cancellationToken);
            return (int)response.StatusCode >= 500 ? $"the API server answered {(int)response.StatusCode}" : null;
        }
        catch (Exception fault)
            when (fault is HttpRequestException
                || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return fault.Message;
        }
    }

    private static X509ChainPolicy Policy(string path)
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(path);
        return policy;
    }
}
