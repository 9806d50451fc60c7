using System.Buffers;
using System.Buffers.Text;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Json;

namespace Crowsnest.Core.Intake;

/// <summary>
/// Finds events in what shippers put around them: as an object or as text, under any name, in lists, in packed text, and in
/// rows that name the fields in their own way. It is asked only about records that no known shape fits. A record that is
/// one event with other members around it stays one record; the items of a list become records of their own.
/// </summary>
internal sealed class WrapperReader(AuditEventParser parser, ClusterNames clusters, CategoryNames categories)
{
    // OpenTelemetry has the most: resourceLogs, scopeLogs, logRecords, body, stringValue, and a text within that.
    private const int MostDepth = 12;

    private readonly WrapperFields _fields = new(clusters, categories);
    private int _mayUnpack;

    /// <summary>Begins a message: the limit of what it may unpack to is for all that is packed within it.</summary>
    internal void Begin(bool isOfOneCluster, int mayUnpack)
    {
        _mayUnpack = mayUnpack;
        _fields.IsOfOneCluster = isOfOneCluster;
    }

    /// <summary>Reads the events within a JSON value or a text.</summary>
    /// <returns>True when there was one; nothing was added otherwise, unless it is known to be of another category.</returns>
    internal bool Read(ReadOnlyMemory<byte> value, in Wrapping around, IntakeBatch batch) =>
        MayHoldEvent(value.Span) && ReadText(value, around, WrapperSearch.Both, batch);

    /// <summary>Reads the text of an event that a message was cut in.</summary>
    internal bool Salvage(ReadOnlyMemory<byte> cut, in Wrapping around, IntakeBatch batch)
    {
        int text = cut.Span.IndexOf("\"{\\"u8);
        if (text < 0 || !MayHoldEvent(cut.Span))
        {
            return false;
        }

        _ = RecordProperties.Unescape(cut.Span, text + 1, batch, out ReadOnlyMemory<byte> inner);
        AuditParseStatus status = parser.Parse(inner, around.Cluster, around.Time, out AuditEvent? audit);
        return status is AuditParseStatus.Parsed or AuditParseStatus.Salvaged && Add(AuditParseStatus.Salvaged, audit!, around, batch);
    }

    // Whatever the names are written like, and whatever is escaped in a text, these letters stay. Packed text begins alike.
    internal static bool MayHoldEvent(ReadOnlySpan<byte> json) => json.IndexOf("udit"u8) >= 0 || json.IndexOf("H4sI"u8) >= 0;

    private bool ReadValue(ReadOnlyMemory<byte> value, in Wrapping around, WrapperSearch search, IntakeBatch batch)
    {
        if (around.Depth > MostDepth || !MayHoldEvent(value.Span))
        {
            return false;
        }

        switch (value.Span[0])
        {
            case (byte)'{':
                return ReadObject(value, around, search, batch);
            case (byte)'[':
                return search != WrapperSearch.One && ReadList(value, around, batch);
            case (byte)'"':
                _ = RecordProperties.Unescape(value.Span, 1, batch, out ReadOnlyMemory<byte> text);
                return ReadText(text, around.Inside(), search, batch);
            default:
                return false;
        }
    }

    private bool ReadText(ReadOnlyMemory<byte> text, in Wrapping around, WrapperSearch search, IntakeBatch batch)
    {
        int start = JsonSyntax.SkipWhiteSpace(text.Span, text.Span.StartsWith("\uFEFF"u8) ? 3 : 0);
        if (start == text.Length || around.Depth > MostDepth)
        {
            return false;
        }

        switch (text.Span[start])
        {
            case (byte)'{':
                return ReadEvents(text[start..], around, search, batch);
            case (byte)'[' or (byte)'"'
                when LinePrefix.JsonStart(text.Span[start..]) < 0 && JsonSkipper.End(text.Span, start) is > 0 and int end:
                return ReadValue(text[start..end], around.Inside(), search, batch);
            case (byte)'H' when text.Span[start..].StartsWith("H4sI"u8):
                return Unpack(text.Span[start..], batch) is { } unpacked && ReadText(unpacked, around.Inside(), search, batch);
            default:
                int json = LinePrefix.JsonStart(text.Span[start..]);
                return json > 0 && ReadEvents(text[(start + json)..], around, search, batch);
        }
    }

    // A text is one event, or several in lines; the first one's record is what it came in.
    private bool ReadEvents(ReadOnlyMemory<byte> text, Wrapping around, WrapperSearch search, IntakeBatch batch)
    {
        bool any = false;
        while (text.Length > 0 && text.Span[0] == (byte)'{' && !batch.IsFull)
        {
            AuditParseStatus status = parser.Parse(text, around.Cluster, around.Time, out AuditEvent? audit, out int length);
            if (status is AuditParseStatus.Parsed or AuditParseStatus.Salvaged && AuditRow.IsWritten(audit!))
            {
                any |= Add(status, audit!, around, batch);
                length = status == AuditParseStatus.Parsed ? length : text.Length;
            }
            else
            {
                length = JsonSkipper.End(text.Span, 0);
                if (length < 0)
                {
                    return any;
                }

                any |= ReadObject(text[..length], around.Inside(), search, batch);
            }

            text = text[JsonSyntax.SkipWhiteSpace(text.Span, length)..];
            around = any ? around with { Raw = text } : around;
        }

        return any;
    }

    private bool ReadObject(ReadOnlyMemory<byte> json, Wrapping around, WrapperSearch search, IntakeBatch batch)
    {
        if (around.Depth > MostDepth || !_fields.TryRead(json, ref around, out List<WrapperMember> members))
        {
            return false;
        }

        if (search != WrapperSearch.Lists)
        {
            if (TryRow(json, members, around, batch))
            {
                return true;
            }

            // Where the event stands twice, as it came and taken apart by the shipper, the first says more.
            foreach (WrapperMember member in members.OrderBy(static member => member.IsPreferred ? 0 : 1))
            {
                if (ReadValue(json[member.Start..member.End], around.Inside(), WrapperSearch.One, batch))
                {
                    return true;
                }
            }
        }

        bool any = false;
        if (search != WrapperSearch.One)
        {
            foreach (WrapperMember member in members)
            {
                any |= ReadValue(json[member.Start..member.End], around.Inside(), WrapperSearch.Lists, batch);
            }
        }

        return any;
    }

    // The items are records; of a list without any event nothing is kept, because all of it is set aside as one.
    private bool ReadList(ReadOnlyMemory<byte> json, in Wrapping around, IntakeBatch batch)
    {
        ReadOnlySpan<byte> bytes = json.Span;
        int before = batch.Records.Count;
        bool any = false;
        int position = JsonSyntax.SkipWhiteSpace(bytes, 1);
        while (position >= 0 && position < bytes.Length && bytes[position] != (byte)']')
        {
            if (batch.IsFull)
            {
                batch.Add(new(json[position..], IntakeOutcome.Quarantined, batch.FullReason, around.Cluster, null));
                break;
            }

            int end = JsonSkipper.End(bytes, position);
            if (end <= position)
            {
                break;
            }

            ReadOnlyMemory<byte> item = json[position..end];
            bool holds = ReadValue(item, around.Element(item), WrapperSearch.Both, batch);
            if (!holds && bytes[position] == (byte)'{')
            {
                batch.Add(around.IsOther
                    ? new(item, IntakeOutcome.OtherCategory, QuarantineReason.None, around.Cluster, null) { Category = around.Category }
                    : new(item, IntakeOutcome.Quarantined, QuarantineReason.NotAnAuditEvent, around.Cluster, null));
            }

            any |= holds;
            position = JsonSyntax.AfterComma(bytes, end, (byte)']');
        }

        any |= around.IsOther && batch.Records.Count > before;
        if (!any)
        {
            batch.ForgetFrom(before);
        }

        return any;
    }

    private bool TryRow(ReadOnlyMemory<byte> json, List<WrapperMember> members, in Wrapping around, IntakeBatch batch)
    {
        if (!AuditRow.Is(members))
        {
            Wrapping inside = around.Inside();
            return FlatRow.Nest(json, members) is { } nested && _fields.TryRead(nested, ref inside, out members)
                && AuditRow.Is(members) && TryRow(nested, members, inside, batch);
        }

        ReadOnlyMemory<byte> row = AuditRow.IsAsWritten(json.Span, members) ? json : AuditRow.Rewrite(json, members);
        AuditParseStatus status = parser.Parse(row, around.Cluster, around.Time, out AuditEvent? audit);
        return status is AuditParseStatus.Parsed or AuditParseStatus.Salvaged && Add(status, audit!, around, batch);
    }

    private static bool Add(AuditParseStatus status, AuditEvent audit, in Wrapping around, IntakeBatch batch)
    {
        IntakeOutcome outcome = status == AuditParseStatus.Parsed ? IntakeOutcome.Parsed : IntakeOutcome.Salvaged;
        batch.Add(new(around.Raw, outcome, QuarantineReason.None, around.Cluster, audit) { Category = around.Category, IsWrapped = true });
        return true;
    }

    private byte[]? Unpack(ReadOnlySpan<byte> base64, IntakeBatch batch)
    {
        byte[] packed = new byte[Base64.GetMaxDecodedFromUtf8Length(base64.Length)];
        if (Base64.DecodeFromUtf8(base64.TrimEnd(" \r\n\t"u8), packed, out _, out int written) != OperationStatus.Done)
        {
            return null;
        }

        Unpacked content = Gunzip.Unpack(packed.AsMemory(0, written), _mayUnpack);
        _mayUnpack -= content.Bytes.Length;
        batch.Unpacked(content.Bytes.Length);
        return content.Fault == QuarantineReason.None ? content.Bytes : null;
    }
}
