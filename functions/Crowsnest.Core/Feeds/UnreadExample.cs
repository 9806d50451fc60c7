using System.Buffers;
using System.Globalization;
using System.Text;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Intake;

namespace Crowsnest.Core.Feeds;

/// <summary>
/// Tells of a record that could not be read: why, how large it is, and how it begins. What nobody could read may hold anything, so the
/// text is told only where the redactor can be relied on: it is text, not about secrets or tokens, and without the body of a request.
/// Bodies hold values without any shape, and in one that is cut the name that tells what a value is may be missing.
/// </summary>
internal static class UnreadExample
{
    private const int LongestText = 160;

    // The whole record is redacted before it is cut, or a credential that is cut in two would have lost its shape.
    private const int LargestRead = 8 * 1024;

    // Of a record that is larger, the end of what was read is not told: a credential may have been cut there.
    private const int FewestLeft = 4 * LongestText;

    // An escape may hide one of these words.
    private static readonly SearchValues<string> Unshown = SearchValues.Create(
        [
            "secret", "token", "credential", "private", "requestObject", "responseObject", "stringData", "\"data", "\"value", "\"env",
            "\"args", "\"command", "\\\"data", "\\\"value", "\\\"env", "\\\"args", "\\\"command", "\\u00",
        ],
        StringComparison.OrdinalIgnoreCase);

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    internal static string Of(in IntakeRecord record)
    {
        string what = string.Create(CultureInfo.InvariantCulture, $"{record.Raw.Length:N0} bytes, {Words(record.Reason)}");
        return TextOf(record.Raw.Span) is { Length: > 0 } text ? $"{what}: {text}" : what;
    }

    private static string? TextOf(ReadOnlySpan<byte> raw)
    {
        bool isCut = raw.Length > LargestRead;
        if (isCut)
        {
            raw = raw[..LargestRead];
            while (raw.Length > 0 && (raw[^1] & 0x80) != 0)
            {
                raw = raw[..^1];
            }
        }

        string text;
        try
        {
            text = Strict.GetString(raw);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }

        if (text.AsSpan().ContainsAny(Unshown) || text.Any(static c => char.IsControl(c) && !char.IsWhiteSpace(c)))
        {
            return null;
        }

        string redacted = string.Join(' ', Redacted(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (isCut && redacted.Length < FewestLeft)
        {
            return null;
        }

        // A record of AKS names its resource at length before it comes to what it is about.
        int log = isCut ? -1 : redacted.IndexOf("\"log\":", StringComparison.Ordinal);
        redacted = log > 0 ? "…" + redacted[log..] : redacted;
        return redacted.Length <= LongestText ? redacted : Cut(redacted) + "…";
    }

    private static string Redacted(string text) =>
        text.TrimStart() is ['{' or '[', ..] ? JsonStrings.RedactPart(text) : Redactor.Redact(text);

    private static string Cut(string text) => text[..(char.IsHighSurrogate(text[LongestText - 1]) ? LongestText - 1 : LongestText)];

    private static string Words(QuarantineReason reason) => reason switch
    {
        QuarantineReason.Empty => "empty",
        QuarantineReason.NotJson => "not JSON",
        QuarantineReason.CutJson => "JSON that ends too early",
        QuarantineReason.UnknownShape => "JSON of an unknown shape",
        QuarantineReason.NotAnAuditEvent => "no audit event",
        QuarantineReason.BadGzip => "damaged gzip",
        QuarantineReason.GoogleCloudAudit => "an entry of Google's Cloud Audit Logs",
        _ => "more than is read",
    };
}
