using System.Buffers;
using System.Text.RegularExpressions;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Detections;

/// <summary>Takes credentials out of text that leaves intake: exec command lines and URIs hold them at times.</summary>
public static partial class Redactor
{
    private const string Mark = "[redacted]";

    // What every match of the expressions holds; most texts have none of it.
    private static readonly SearchValues<string> Signs = SearchValues.Create(
        ["eyJ", "authorization", "bearer", "basic", "token", "passwd", "password", "secret", "apikey", "api_key", "api-key"],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>True when the bodies of the request are credentials.</summary>
    internal static bool HoldsCredentials(AuditEvent audit) =>
        audit.ObjectRef.Resource is "secrets" or "tokenreviews" || audit.ObjectRef.Subresource == "token";

    public static string Redact(string text) => text.AsSpan().ContainsAny(Signs)
        ? Assigned().Replace(Jwt().Replace(text, Mark), "${name}" + Mark)
        : text;

    [GeneratedRegex(@"eyJ[A-Za-z0-9_-]{6,}(\.[A-Za-z0-9_-]*){0,2}", RegexOptions.NonBacktracking)]
    private static partial Regex Jwt();

    [GeneratedRegex(
        @"(?<name>(authorization|bearer|basic|token|passw(or)?d|secret|api[_-]?key)(\s*([:=]|%3a|%3d)\s*|\s+|\+|%20))[^\s&'"",;\[\\]+",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Assigned();
}
