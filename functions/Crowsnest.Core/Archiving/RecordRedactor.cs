using System.Text;
using System.Text.Encodings.Web;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Json;

namespace Crowsnest.Core.Archiving;

/// <summary>
/// Takes credentials out of a record: the bodies of requests about secrets and tokens, and whatever looks like a credential
/// in the rest. A log that was a string becomes an object, which intake reads as well; one that was cut stays a string.
/// </summary>
internal static class RecordRedactor
{
    private static readonly byte[] Redacted = "\"redacted\""u8.ToArray();
    private static readonly byte[] LogName = "\"log\":"u8.ToArray();
    private static readonly byte[][] BodyNames = ["\"requestObject\":"u8.ToArray(), "\"responseObject\":"u8.ToArray()];

    private delegate string Cleaner(ReadOnlySpan<byte> utf8);

    internal static IntakeRecord Redact(in IntakeRecord record) => Redact(record, Clean, static rest => JsonStrings.RedactPart(rest));

    /// <summary>
    /// The record with its log as an object, if it was a string, and without the bodies of requests about credentials; the rest as
    /// it is.
    /// </summary>
    internal static ReadOnlyMemory<byte> WithoutCredentialBodies(in IntakeRecord record) =>
        Redact(record, static log => Encoding.UTF8.GetString(log), static rest => rest).Raw;

    private static IntakeRecord Redact(in IntakeRecord record, Cleaner clean, Func<string, string> cleanRest)
    {
        if (record.Outcome == IntakeOutcome.Duplicate)
        {
            // Read again by itself: intake keeps no event of what it held already.
            using IntakeBatch alone = new();
            new MessageReader(new AuditEventParser(), record.Cluster).Read(new HubMessage(record.Raw, 0, DateTimeOffset.UnixEpoch), alone);
            return alone.Records is [{ Outcome: not IntakeOutcome.Duplicate } one]
                ? record with { Raw = Redact(one, clean, cleanRest).Raw } : Unread(record, clean);
        }

        if (record.Event is not { } audit)
        {
            return Unread(record, clean);
        }

        // Of an event that ends early it may not be known what it is about.
        bool mayHoldCredentials = Redactor.HoldsCredentials(audit) || (!audit.IsWhole && audit.ObjectRef.Resource.Length == 0);
        string log = clean(mayHoldCredentials ? WithoutBodies(audit) : audit.Json.Span);
        if (record.IsWrapped)
        {
            // Shippers keep copies: what was found in one place may stand in another as well.
            return record with { Raw = Encoding.UTF8.GetBytes(log) };
        }

        ReadOnlySpan<byte> raw = record.Raw.Span;
        if (raw.Overlaps(audit.Json.Span, out int at))
        {
            return With(record, raw[..at], log, raw[Math.Min(at + audit.Json.Length, raw.Length)..], cleanRest);
        }

        int name = raw.IndexOf(LogName);
        int start = name < 0 ? -1 : name + LogName.Length + raw[(name + LogName.Length)..].IndexOfAnyExcept(" \t\r\n"u8);
        if (start < 0)
        {
            return record with { Raw = Encoding.UTF8.GetBytes(log) };
        }

        int end = JsonSkipper.End(raw, start);
        string quoted = audit.IsWhole ? log : '"' + JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(log) + (end < 0 ? "" : "\"");
        return With(record, raw[..start], quoted, end < 0 ? [] : raw[end..], cleanRest);
    }

    // Unread bytes may hold anything; only what looks like a credential can be found in them.
    private static IntakeRecord Unread(in IntakeRecord record, Cleaner clean) =>
        record with { Raw = Encoding.UTF8.GetBytes(clean(record.Raw.Span)) };

    private static IntakeRecord With(
        in IntakeRecord record, ReadOnlySpan<byte> before, string log, ReadOnlySpan<byte> after, Func<string, string> clean) => record with
        {
            Raw = Encoding.UTF8.GetBytes(clean(Encoding.UTF8.GetString(before)) + log + clean(Encoding.UTF8.GetString(after))),
        };

    private static ReadOnlySpan<byte> WithoutBodies(AuditEvent audit)
    {
        if (!audit.IsWhole)
        {
            // Of a log that ends inside a body only what stands before the bodies is known to be none.
            ReadOnlySpan<byte> cut = audit.Json.Span;
            foreach (byte[] body in BodyNames)
            {
                int at = cut.IndexOf(body);
                cut = at < 0 ? cut : cut[..(at + body.Length)];
            }

            return cut;
        }

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

    private static string Clean(ReadOnlySpan<byte> utf8)
    {
        string text = Encoding.UTF8.GetString(utf8);
        return text.Length == 0 ? text : text.TrimStart() is ['{' or '[', ..] ? JsonStrings.RedactPart(text) : Redactor.Redact(text);
    }
}
