using System.Buffers;
using System.Collections.Frozen;

namespace Crowsnest.Core.Detections;

/// <summary>Tells which names stand before credentials: options, headers, variables, members, query parameters.</summary>
internal static class CredentialNames
{
    private const int Longest = 128;

    // Wherever they stand in a name, joined or not: these words mean little else.
    private static readonly SearchValues<string> Stems = SearchValues.Create(
        [
            "passw", "passphrase", "passcode", "secret", "token", "credential", "apikey", "accesskey", "accountkey", "privatekey",
            "sharedaccess", "encryptionkey", "signingkey", "masterkey", "clientkey", "keydata", "authkey", "licensekey", "sshkey",
            "signature", "authorization", "cookie", "connectionstring", "bearer", "sessionid", "assertion", "subscriptionkey",
            "storagekey", "routingkey", "integrationkey", "webhookurl", "hostkey", "functionskey", "deploykey", "serverkey", "rootkey",
        ],
        StringComparison.OrdinalIgnoreCase);

    // Only as a whole word of a name: "sig" is in "design", "pass" in "compass".
    private static readonly FrozenSet<string> Words = FrozenSet.Create(
        StringComparer.Ordinal, "pwd", "pass", "pw", "auth", "sig", "jwt", "sas", "dsn", "creds", "cred", "pat", "otp", "psk",
            "session", "sid",
        "dockerconfigjson", "dockercfg", "htpasswd", "kubeconfig");

    // Only as the whole name.
    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        StringComparer.Ordinal, "code", "key", "apisecret", "conn", "storepass", "keypass", "userpass", "requirepass", "masterauth",
            "pgpass",
        "rediscliauth", "mysqlpwd", "passin", "passout", "identitytoken", "fromliteral");

    // authentication.k8s.io is a group of the API; what follows it is said of the group.
    private const string ApiGroup = ".k8s.io";

    // Keys of other kinds.
    private static readonly string[] OtherKeys =
        ["publickey", "topologykey", "primarykey", "partitionkey", "sortkey", "foreignkey", "hotkey", "cachekey", "labelkey",
            "groupkey", "rowkey", "objectkey"];

    // What these end in says something about a credential, and is none.
    private static readonly string[] Harmless =
    [
        "name", "names", "namespace", "ref", "type", "kind", "class", "seconds", "policy", "count", "provider", "store", "mode", "length",
        "enabled", "expiry", "audience", "audiences", "review", "reviews", "request", "mountpath", "tokenpath", "issuer", "decision",
    ];

    /// <summary>True when what follows the name is a credential.</summary>
    /// <param name="name">Letters, digits and signs such as dashes, as written.</param>
    internal static bool Is(ReadOnlySpan<char> name)
    {
        // A qualified name means what stands behind its owner: authorization.k8s.io/decision.
        name = name[(name.LastIndexOf('/') + 1)..].Trim("-_.$@:{}");
        if (name.Length is < 2 or > Longest || name.EndsWith(ApiGroup, StringComparison.Ordinal))
        {
            return false;
        }

        Span<char> joined = stackalloc char[Longest];
        int length = 0;
        bool isWord = false;
        int start = 0;
        for (int i = 0; i <= name.Length; i++)
        {
            bool ends = i == name.Length || !char.IsAsciiLetterOrDigit(name[i]);
            if (ends || (i > start && char.IsAsciiLetterUpper(name[i]) && char.IsAsciiLetterLower(name[i - 1])))
            {
                isWord |= IsWord(joined[(length - (i - start))..length]);
                start = ends ? i + 1 : i;
            }

            if (!ends)
            {
                joined[length++] = char.ToLowerInvariant(name[i]);
            }
        }

        ReadOnlySpan<char> all = joined[..length];
        bool isKey = length > 3 && all.EndsWith("key") && EndsInKey(name) && !IsOtherKey(all);
        if (!isWord && !isKey && !all.ContainsAny(Stems) && !Names.GetAlternateLookup<ReadOnlySpan<char>>().Contains(all))
        {
            return false;
        }

        foreach (string end in Harmless)
        {
            if (all.EndsWith(end, StringComparison.Ordinal) && all.Length > end.Length)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True for a name that stands before its value with nothing but a space between them, as people write.</summary>
    internal static bool IsBeforeSpace(ReadOnlySpan<char> name) =>
        name.Length <= Longest && !name.Contains('/') && name.IndexOfAny(".-") < 0 && Is(name)
            && !name.EndsWith("s", StringComparison.OrdinalIgnoreCase)
        && !name.Equals("key", StringComparison.OrdinalIgnoreCase) && !name.Equals("code", StringComparison.OrdinalIgnoreCase)
        && !name.Equals("auth", StringComparison.OrdinalIgnoreCase) && !name.Equals("session", StringComparison.OrdinalIgnoreCase);

    // X-Key, SIGN_KEY and signKey, but not monkey.
    private static bool EndsInKey(ReadOnlySpan<char> name) =>
        !char.IsAsciiLetterOrDigit(name[^4]) || (name[^3] == 'K' && char.IsAsciiLetterLower(name[^4]));

    private static bool IsOtherKey(ReadOnlySpan<char> name)
    {
        foreach (string other in OtherKeys)
        {
            if (name.EndsWith(other, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsWord(ReadOnlySpan<char> word) =>
        word.Length is > 1 and < 20 && Words.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);
}
