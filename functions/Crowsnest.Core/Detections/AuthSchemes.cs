using System.Collections.Frozen;

namespace Crowsnest.Core.Detections;

/// <summary>The words that stand before credentials in a header: https://www.iana.org/assignments/http-authschemes and what others
/// use.</summary>
internal static class AuthSchemes
{
    private const int Longest = 24;

    private static readonly FrozenSet<string> All = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "bearer", "basic", "digest", "token", "negotiate", "ntlm", "hawk", "dpop", "mac", "vapid", "hoba", "mutual", "oauth", "apikey",
        "api-key", "ssws",
        "sharedaccesssignature", "sharedkey", "sharedkeylite", "googlelogin", "genie", "genieKey", "aws", "aws4-hmac-sha256",
        "aws4-ecdsa-p256-sha256",
        "scram-sha-1", "scram-sha-256", "signature", "splunk", "pve", "privatetoken", "snowflake", "discogs", "key", "jwt");

    // Of the others many are words of commands, too: aws, key, token.
    private static readonly FrozenSet<string> Plain = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "bearer", "basic", "digest", "negotiate", "ntlm", "hawk", "dpop", "oauth", "ssws", "sharedaccesssignature", "sharedkey",
        "sharedkeylite", "googlelogin",
        "aws4-hmac-sha256", "aws4-ecdsa-p256-sha256", "scram-sha-1", "scram-sha-256");

    // What people say of them.
    private static readonly FrozenSet<string> Prose = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "token", "tokens", "auth", "authentication", "authorization", "scheme", "user", "access", "and", "or", "is", "of", "for", "in",
        "to", "the", "a",
        "review", "request", "requested", "used", "was", "not", "by", "from", "with", "on", "id", "name", "file", "secret", "key",
        "value", "volume", "controller");

    internal static bool Is(ReadOnlySpan<char> word) =>
        word.Length is > 2 and <= Longest && All.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);

    /// <summary>True for a scheme that says so without a header before it.</summary>
    internal static bool IsAlone(ReadOnlySpan<char> word) =>
        word.Length is > 3 and <= Longest && Plain.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);

    /// <summary>False when the next word goes on with a sentence.</summary>
    internal static bool IsBefore(ReadOnlySpan<char> rest)
    {
        rest = rest[..Math.Min(rest.Length, CharSets.LongestWord)];
        int length = rest.IndexOfAny(CharSets.EndOfWord);
        ReadOnlySpan<char> word = length < 0 ? rest : rest[..length];
        return word.Length > 0 && !Prose.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word.TrimEnd('.'))
            && word[0] is not ('(' or '{' or '<' or '/');
    }
}
