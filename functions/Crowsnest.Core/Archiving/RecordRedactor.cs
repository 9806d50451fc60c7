using System.Text;
using System.Text.RegularExpressions;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Intake;

namespace Crowsnest.Core.Archiving;

/// <summary>
/// Takes credentials out of a record: the bodies of requests about secrets and tokens, and whatever looks like a credential
/// in the rest. A log that was a string becomes an object, which intake reads as well.
/// </summary>
internal static partial class RecordRedactor
{
    private static readonly byte[] Redacted = "\"redacted\""u8.ToArray();
    private static readonly byte[] LogName = "\"log\":"u8.ToArray();

    internal static IntakeRecord Redact(in IntakeRecord record)
    {
        if (record.Event is not { } audit)
        {
            // Unread bytes may hold anything; only what looks like a credential can be found in them.
            return record with { Raw = Clean(record.Raw.Span) };
        }

        byte[] log = Clean(Redactor.HoldsCredentials(audit) ? WithoutBodies(audit) : audit.Json.Span);
        ReadOnlySpan<byte> raw = record.Raw.Span;
        int name = raw.IndexOf(LogName);
        int start = name < 0 ? -1 : name + LogName.Length + raw[(name + LogName.Length)..].IndexOfAnyExcept(" \t\r\n"u8);
        int end = start < 0 ? -1 : JsonSkipper.End(raw, start);
        if (end < 0)
        {
            return record with { Raw = log };
        }

        string before = Redactor.Redact(Encoding.UTF8.GetString(raw[..start]));
        string after = Redactor.Redact(Encoding.UTF8.GetString(raw[end..]));
        return record with { Raw = Encoding.UTF8.GetBytes(before + Encoding.UTF8.GetString(log) + after) };
    }

    private static byte[] WithoutBodies(AuditEvent audit)
    {
        byte[] json = audit.Json.ToArray();
        foreach (ReadOnlyMemory<byte> body in new[] { audit.ResponseObject, audit.RequestObject })
        {
            int at = body.IsEmpty ? -1 : json.AsSpan().IndexOf(body.Span);
            if (at >= 0)
            {
                json = [.. json.AsSpan(0, at), .. Redacted, .. json.AsSpan(at + body.Length)];
            }
        }

        return json;
    }

    private static byte[] Clean(ReadOnlySpan<byte> utf8)
    {
        string text = Redactor.Redact(Encoding.UTF8.GetString(utf8));
        return Encoding.UTF8.GetBytes(Member().Replace(Variable().Replace(text, "${name}[redacted]"), "${name}[redacted]"));
    }

    // {"name":"DB_PASSWORD","value":"…"}, as environment variables are written
    [GeneratedRegex(
        """(?<name>"name":\s*"[^"]*(passw|secret|token|key|credential)[^"]*",\s*"value":\s*")([^"\\]|\\.)+""",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Variable();

    // {"api_key":"…"}, as config maps are written
    [GeneratedRegex(
        """(?<name>"[^"]*(password|passwd|secret|token|api[_-]?key|access[_-]?key|account[_-]?key)":\s*")([^"\\]|\\.)+""",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Member();
}
