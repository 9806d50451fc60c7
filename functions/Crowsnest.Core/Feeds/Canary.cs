using Crowsnest.Core.Intake;

namespace Crowsnest.Core.Feeds;

/// <summary>How a canary request is known: by a user agent with a number that is used once.</summary>
public static class Canary
{
    private const string UserAgentPrefix = "crowsnest-canary/";
    private const int NonceLength = 32;

    public static string UserAgent(string nonce) => UserAgentPrefix + nonce;

    /// <summary>The canaries in a batch. Whether they were sent by us, the table knows.</summary>
    public static IEnumerable<(string Cluster, string Nonce)> In(IntakeBatch batch) => batch.Records
        .Where(static record => record.Event?.UserAgent.StartsWith(UserAgentPrefix, StringComparison.Ordinal) == true)
        .Select(static record => (record.Cluster, Nonce: record.Event!.UserAgent[UserAgentPrefix.Length..]))
        .Where(static canary => canary.Nonce.Length == NonceLength && canary.Nonce.All(char.IsAsciiHexDigit))
        .Distinct();
}
