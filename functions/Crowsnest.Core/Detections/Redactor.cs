using System.Buffers;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Detections;

/// <summary>
/// Takes credentials out of text that leaves intake: what stands behind their names, in URLs and in options of commands, what has
/// the shape of one, what is as random as one; all of it also inside JSON, URI escapes and Base64. Redacting twice is
/// redacting once, and the time it takes grows with the length of the text.
/// </summary>
public static class Redactor
{
    internal const string Mark = "[redacted]";

    // Anyone may escape an escape. What is deeper than this is not shown.
    private const int MostEscapes = 6;

    // Shorter ones say nothing alone.
    private const int Shortest = 5;

    // No credential of any kind is without one of these, but for random words.
    private static readonly SearchValues<string> Signs = SearchValues.Create(
        [
            "pass", "pwd", "pw", "secret", "token", "cred", "key", "auth", "sig", "cookie", "session", "sas", "jwt", "dsn", "pat",
            "otp", "psk", "sid",
            "bearer", "basic", "digest", "negotiate", "ntlm", "hawk", "dpop", "oauth", "ssws", "sharedaccess", "connection", "conn",
            "assertion", "docker",
            "code", "webhook", "literal", "hmac", "-p", "-u", "-b", "-a", "-w", "-k", "--log", "--basic", "kubeconfig", "$", "{", "//",
            "%", "\\u", "BEGIN ", "hooks.", "api.telegram",
            "mac ", "vapid", "splunk", "scram", "genie", "aws", "pve", "snowflake", "discogs", "mutual", "hoba", "googlelogin",
        ],
        StringComparison.OrdinalIgnoreCase);

    [ThreadStatic]
    private static RedactionMemo? _texts;

    [ThreadStatic]
    private static RedactionMemo? _names;

    /// <summary>True when the bodies of the request are credentials.</summary>
    public static bool HoldsCredentials(AuditEvent audit) =>
        audit.ObjectRef.Resource is "secrets" or "tokenreviews" || audit.ObjectRef.Subresource == "token";

    /// <summary>The text without credentials.</summary>
    public static string Redact(string text) =>
        (_texts ??= new RedactionMemo(static text => Redact(text, isName: false, depth: 0))).Of(text);

    /// <summary>
    /// The name of an object or an identity without credentials. Such names end in hashes, which are told from each other by
    /// them: a random word in small letters stays.
    /// </summary>
    public static string RedactName(string name) =>
        (_names ??= new RedactionMemo(static name => Redact(name, isName: true, depth: 0))).Of(name);

    internal static string Redact(string text, bool isName, int depth)
    {
        if (text.Length < Shortest)
        {
            return text;
        }

        string redacted = text;
        if (text.AsSpan().ContainsAny(Signs))
        {
            if (text[0] is '{' or '[' && JsonStrings.Redact(text, isName, depth) is { } json)
            {
                return json;
            }

            redacted = TextEscapes.Redact(redacted, isName, depth);
            redacted = UrlCredentials.Redact(redacted);
            redacted = AssignedValues.Redact(redacted);
            redacted = CommandOptions.Redact(redacted);
        }

        redacted = CredentialShapes.Redact(redacted, isName);
        redacted = Base64Words.Redact(redacted, isName, depth);
        return RandomWords.Redact(redacted, isName);
    }

    /// <summary>True when no more escapes are followed.</summary>
    internal static bool IsTooDeep(int depth) => depth >= MostEscapes;
}
