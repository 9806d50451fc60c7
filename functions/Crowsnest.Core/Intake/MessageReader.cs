using Crowsnest.Core.Audit;
using Crowsnest.Core.Json;

namespace Crowsnest.Core.Intake;

/// <summary>
/// Takes messages apart into records: <c>{"records":[…]}</c>, one bare record, arrays, JSON lines, audit EventLists and
/// bare audit events, with or without a byte order mark, gzip or not. What can't be read costs only itself. Not thread-safe.
/// </summary>
public sealed class MessageReader(AuditEventParser parser, string defaultCluster)
{
    // One file: one walk over a message, whose steps call each other.

    // An EventList in an array, or the records of a message: containers are looked for this deep and no deeper.
    private const int ContainerDepth = 2;

    private readonly RecordBuilder _records = new(parser);

    /// <summary>Reads one message and adds its records to the batch.</summary>
    public void Read(HubMessage message, IntakeBatch batch)
    {
        batch.Begin(message);
        int first = batch.Records.Count;
        ReadOnlyMemory<byte> body = message.Body;
        int mayUnpack = batch.MayUnpack(body.Length);
        _records.Begin(message.Cluster ?? defaultCluster, message.IsOfOneCluster, message.EnqueuedTime, mayUnpack);
        Unpacked unpacked = Gunzip.IsGzip(body.Span) ? Gunzip.Unpack(body, mayUnpack) : default;
        batch.Unpacked(unpacked.Bytes?.Length ?? 0);
        body = unpacked.Bytes ?? body;
        batch.Limit(body.Length);
        if (unpacked.Fault == QuarantineReason.None || body.Length > 0)
        {
            ReadBody(message, body, batch);
        }

        if (unpacked.Fault != QuarantineReason.None)
        {
            // The message is kept as it came, which the end of what could be unpacked is a part of.
            if (batch.Records.Count > first && batch.Records[^1].Outcome == IntakeOutcome.Quarantined)
            {
                batch.ForgetFrom(batch.Records.Count - 1);
            }

            _records.Quarantine(message.Body, unpacked.Fault, batch);
        }

        batch.End();
        ArrivalTime.Judge(batch, first, message.EnqueuedTime);
    }

    private void ReadBody(HubMessage message, ReadOnlyMemory<byte> body, IntakeBatch batch)
    {
        int position = body.Span.StartsWith("\uFEFF"u8) ? 3 : 0;
        if (JsonSyntax.SkipWhiteSpace(body.Span, position) == body.Length)
        {
            _records.Quarantine(message.Body, QuarantineReason.Empty, batch);
            return;
        }

        while ((position = JsonSyntax.SkipWhiteSpace(body.Span, position)) < body.Length)
        {
            if (batch.IsFull)
            {
                _records.Quarantine(body[position..], batch.FullReason, batch);
                return;
            }

            position = ReadTopLevel(body, position, batch);
        }
    }

    // Reads one top-level value, or sets aside what is broken; returns where to go on.
    private int ReadTopLevel(ReadOnlyMemory<byte> body, int start, IntakeBatch batch)
    {
        ReadOnlySpan<byte> bytes = body.Span;
        int before = batch.Records.Count;
        int recordStart = start;
        int end;
        switch (bytes[start])
        {
            case (byte)'{':
                end = ReadObject(body, start, depth: 0, batch, ref recordStart);
                break;
            case (byte)'[' when LineReader.IsPrefixed(bytes[start..]):
                return SetAside(body, start, QuarantineReason.NotJson, batch);
            case (byte)'[':
                end = ReadArray(body, start, depth: 0, batch, ref recordStart);
                break;
            case (byte)'"' when JsonSkipper.StringEnd(bytes, start + 1) is >= 0 and int stringEnd:
                _records.AddUnknown(body[start..stringEnd], QuarantineReason.UnknownShape, batch);
                return stringEnd;
            case (byte)',' or (byte)']' or (byte)'}' when batch.Records.Count > batch.Messages[^1].FirstRecord:
                // Of a list with a value a line, whose lines came in pieces. It stands between records and is none.
                return start + 1;
            default:
                return SetAside(body, start, QuarantineReason.NotJson, batch);
        }

        if (end >= 0)
        {
            return end;
        }

        // Of a message that gave no record at all, every byte is kept.
        int broken = batch.Records.Count == before ? start : recordStart;
        if (batch.Records.Count > before && JsonSyntax.AfterComma(bytes, broken, (byte)']') == bytes.Length)
        {
            // A list with a value a line ends like this where a file was parted; nothing of a value is missing.
            return bytes.Length;
        }

        bool cut = JsonSkipper.End(bytes, start) < 0;
        return SetAside(body, broken, cut ? QuarantineReason.CutJson : QuarantineReason.NotJson, batch);
    }

    private int SetAside(ReadOnlyMemory<byte> body, int start, QuarantineReason fault, IntakeBatch batch)
    {
        if (_records.AddLine(body, start, batch, out int after))
        {
            return after;
        }

        ReadOnlySpan<byte> rest = body.Span[start..];
        int length = LineReader.UntilNext(rest);
        _records.AddBroken(body.Slice(start, length < 0 ? rest.Length : length), fault, batch);
        return length < 0 ? body.Length : start + length + 1;
    }

    // Returns the index after the array, or -1 when it is broken or cut.
    private int ReadArray(ReadOnlyMemory<byte> body, int start, int depth, IntakeBatch batch, ref int recordStart)
    {
        ReadOnlySpan<byte> bytes = body.Span;
        int position = JsonSyntax.SkipWhiteSpace(bytes, start + 1);
        while (position < bytes.Length && bytes[position] != (byte)']')
        {
            recordStart = position;
            if (batch.IsFull)
            {
                _records.Quarantine(body[position..], batch.FullReason, batch);
                return bytes.Length;
            }

            bool isObject = bytes[position] == (byte)'{';
            int end = isObject ? ReadObject(body, position, depth + 1, batch, ref recordStart) : -1;
            if (end == bytes.Length)
            {
                // Cut inside the last record, which was salvaged.
                return end;
            }

            if (end < 0)
            {
                recordStart = position;
                end = JsonSkipper.End(bytes, position);
                if (end <= position)
                {
                    return -1;
                }

                QuarantineReason reason = isObject ? QuarantineReason.NotJson : QuarantineReason.UnknownShape;
                _records.AddUnknown(body[position..end], reason, batch);
            }

            recordStart = JsonSyntax.SkipWhiteSpace(bytes, end);
            position = JsonSyntax.AfterComma(bytes, end, (byte)']');
            if (position < 0)
            {
                return -1;
            }
        }

        return position < bytes.Length ? position + 1 : -1;
    }

    // Returns the index after the object, or -1 when it is broken or cut.
    private int ReadObject(ReadOnlyMemory<byte> body, int start, int depth, IntakeBatch batch, ref int recordStart)
    {
        ReadOnlySpan<byte> bytes = body.Span;
        if (LooksLikeEvent(bytes[start..]) && _records.AddEvent(body[start..], batch) is > 0 and int length)
        {
            return start + length;
        }

        RecordFields fields = default;
        int position = JsonSyntax.SkipWhiteSpace(bytes, start + 1);
        while (position < bytes.Length && bytes[position] != (byte)'}')
        {
            int value = JsonSyntax.NameEnd(bytes, position, out ReadOnlySpan<byte> name);
            if (value < 0)
            {
                return -1;
            }

            int end = ReadField(body, name, value, depth, batch, ref fields, ref recordStart);
            if (end < 0)
            {
                return fields.HasLog && _records.Salvage(body[start..], fields, batch) ? bytes.Length : -1;
            }

            position = JsonSyntax.SkipWhiteSpace(bytes, end);
            if (position >= bytes.Length && fields.IsContainer)
            {
                // Nothing is left: what the container held is accounted for.
                return bytes.Length;
            }

            position = JsonSyntax.AfterComma(bytes, position, (byte)'}');
            if (position < 0)
            {
                return -1;
            }
        }

        if (position >= bytes.Length)
        {
            return -1;
        }

        if (!fields.IsContainer)
        {
            _records.Add(body[start..(position + 1)], fields, batch);
        }

        return position + 1;
    }

    private int ReadField(
        ReadOnlyMemory<byte> body,
        ReadOnlySpan<byte> name,
        int value,
        int depth,
        IntakeBatch batch,
        ref RecordFields fields,
        ref int recordStart)
    {
        ReadOnlySpan<byte> bytes = body.Span;
        bool isArray = bytes[value] == (byte)'[';
        if (isArray && depth < ContainerDepth && (name.SequenceEqual("records"u8) || name.SequenceEqual("items"u8)))
        {
            fields.IsContainer = true;
            return ReadArray(body, value, ContainerDepth, batch, ref recordStart);
        }

        if (name.SequenceEqual("properties"u8))
        {
            return RecordProperties.Read(body, value, batch, ref fields);
        }

        if (name.SequenceEqual("log"u8))
        {
            // The properties of a record without the record, as some pipelines pass them on.
            return RecordProperties.ReadLog(body, value, batch, ref fields);
        }

        int end = JsonSkipper.End(bytes, value);
        if (end < 0 || bytes[value] != (byte)'"')
        {
            return end;
        }

        fields.Keep(name, body[(value + 1)..(end - 1)]);
        return end;
    }

    // Events of an API server begin with their kind, those in a list with their level.
    private static bool LooksLikeEvent(ReadOnlySpan<byte> json) =>
        json.StartsWith("{\"kind\":\"Event\","u8) || json.StartsWith("{\"level\":\""u8);
}
