using Crowsnest.Core.Audit;
using Crowsnest.Core.Json;

namespace Crowsnest.Core.Intake;

/// <summary>
/// Takes messages apart into records: <c>{"records":[…]}</c>, one bare record, arrays, JSON lines, audit EventLists and
/// bare audit events, with or without a byte order mark, gzip or not. What can't be read costs only itself. Not thread-safe.
/// </summary>
public sealed class MessageReader(AuditEventParser parser, string defaultCluster)
{
    // An EventList in an array, or the records of a message: containers are looked for this deep and no deeper.
    private const int ContainerDepth = 2;

    private readonly ClusterNames _clusters = new();
    private readonly CategoryNames _categories = new();
    private string _unnamed = "";
    private bool _isOfOneCluster;

    /// <summary>Reads one message and adds its records to the batch.</summary>
    public void Read(HubMessage message, IntakeBatch batch)
    {
        batch.Begin(message);
        ReadOnlyMemory<byte> body = message.Body;
        _unnamed = message.Cluster ?? defaultCluster;
        _isOfOneCluster = message.IsOfOneCluster;
        if (Gunzip.IsGzip(body.Span))
        {
            if (Gunzip.Unpack(body) is not { } unpacked)
            {
                Quarantine(body, QuarantineReason.BadGzip, batch);
                return;
            }

            body = unpacked;
        }

        int position = body.Span.StartsWith("\uFEFF"u8) ? 3 : 0;
        if (JsonSyntax.SkipWhiteSpace(body.Span, position) == body.Length)
        {
            Quarantine(message.Body, QuarantineReason.Empty, batch);
            return;
        }

        while ((position = JsonSyntax.SkipWhiteSpace(body.Span, position)) < body.Length)
        {
            position = ReadTopLevel(body, position, message.EnqueuedTime, batch);
        }
    }

    // Reads one top-level value, or sets aside what is broken; returns where to go on.
    private int ReadTopLevel(ReadOnlyMemory<byte> body, int start, DateTimeOffset enqueued, IntakeBatch batch)
    {
        ReadOnlySpan<byte> bytes = body.Span;
        int before = batch.Records.Count;
        int recordStart = start;
        int end;
        switch (bytes[start])
        {
            case (byte)'{':
                end = ReadObject(body, start, depth: 0, enqueued, batch, ref recordStart);
                break;
            case (byte)'[':
                end = ReadArray(body, start, depth: 0, enqueued, batch, ref recordStart);
                break;
            case (byte)'"' when JsonSkipper.StringEnd(bytes, start + 1) is >= 0 and int stringEnd:
                Quarantine(body[start..stringEnd], QuarantineReason.UnknownShape, batch);
                return stringEnd;
            default:
                return SetAside(body, start, QuarantineReason.NotJson, enqueued, batch);
        }

        if (end >= 0)
        {
            return end;
        }

        // Of a message that gave no record at all, every byte is kept.
        int broken = batch.Records.Count == before ? start : recordStart;
        bool cut = JsonSkipper.End(bytes, start) < 0;
        return SetAside(body, broken, cut ? QuarantineReason.CutJson : QuarantineReason.NotJson, enqueued, batch);
    }

    private int SetAside(
        ReadOnlyMemory<byte> body,
        int start,
        QuarantineReason fault,
        DateTimeOffset enqueued,
        IntakeBatch batch)
    {
        // In JSON lines the next value starts at the beginning of a line; inside a broken document lines are indented.
        ReadOnlySpan<byte> rest = body.Span[start..];
        int next = rest.IndexOf("\n{"u8);
        int nextArray = rest.IndexOf("\n["u8);
        int length = next < 0 ? nextArray : nextArray < 0 ? next : Math.Min(next, nextArray);
        ReadOnlyMemory<byte> broken = body.Slice(start, length < 0 ? rest.Length : length);
        AuditParseStatus status = parser.Parse(broken, _unnamed, enqueued, out AuditEvent? salvaged);
        if (status == AuditParseStatus.Salvaged)
        {
            batch.Add(new(broken, IntakeOutcome.Salvaged, QuarantineReason.None, _unnamed, salvaged));
        }
        else
        {
            Quarantine(broken, fault, batch);
        }

        return length < 0 ? body.Length : start + length + 1;
    }

    // Returns the index after the array, or -1 when it is broken or cut.
    private int ReadArray(
        ReadOnlyMemory<byte> body,
        int start,
        int depth,
        DateTimeOffset enqueued,
        IntakeBatch batch,
        ref int recordStart)
    {
        ReadOnlySpan<byte> bytes = body.Span;
        int position = JsonSyntax.SkipWhiteSpace(bytes, start + 1);
        while (position < bytes.Length && bytes[position] != (byte)']')
        {
            recordStart = position;
            bool isObject = bytes[position] == (byte)'{';
            int end = isObject ? ReadObject(body, position, depth + 1, enqueued, batch, ref recordStart) : -1;
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
                Quarantine(body[position..end], reason, batch);
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
    private int ReadObject(
        ReadOnlyMemory<byte> body,
        int start,
        int depth,
        DateTimeOffset enqueued,
        IntakeBatch batch,
        ref int recordStart)
    {
        ReadOnlySpan<byte> bytes = body.Span;
        if (LooksLikeEvent(bytes[start..]))
        {
            AuditParseStatus status = parser.Parse(body[start..], _unnamed, enqueued, out AuditEvent? audit, out int length);
            if (status == AuditParseStatus.Parsed)
            {
                batch.Add(new(body.Slice(start, length), IntakeOutcome.Parsed, QuarantineReason.None, _unnamed, audit));
                return start + length;
            }
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

            int end = ReadField(body, name, value, depth, enqueued, batch, ref fields, ref recordStart);
            if (end < 0)
            {
                return fields.HasLog && Salvage(body[start..], fields, enqueued, batch) ? bytes.Length : -1;
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
            batch.Add(ToRecord(body[start..(position + 1)], fields, enqueued) with { Category = _categories.Get(fields.Category.Span) });
        }

        return position + 1;
    }

    private int ReadField(
        ReadOnlyMemory<byte> body,
        ReadOnlySpan<byte> name,
        int value,
        int depth,
        DateTimeOffset enqueued,
        IntakeBatch batch,
        ref RecordFields fields,
        ref int recordStart)
    {
        ReadOnlySpan<byte> bytes = body.Span;
        bool isArray = bytes[value] == (byte)'[';
        if (isArray && depth < ContainerDepth && (name.SequenceEqual("records"u8) || name.SequenceEqual("items"u8)))
        {
            fields.IsContainer = true;
            return ReadArray(body, value, ContainerDepth, enqueued, batch, ref recordStart);
        }

        if (name.SequenceEqual("properties"u8))
        {
            return ReadProperties(body, value, batch, ref fields);
        }

        if (name.SequenceEqual("log"u8))
        {
            // The properties of a record without the record, as some pipelines pass them on.
            return ReadLog(body, value, batch, ref fields);
        }

        int end = JsonSkipper.End(bytes, value);
        if (end < 0 || bytes[value] != (byte)'"')
        {
            return end;
        }

        ReadOnlyMemory<byte> text = body[(value + 1)..(end - 1)];
        if (name.SequenceEqual("category"u8))
        {
            fields.Category = text;
        }
        else if (name.SequenceEqual("resourceId"u8))
        {
            fields.ResourceId = text;
        }
        else if (name.SequenceEqual("time"u8))
        {
            _ = AuditNames.TryParseTime(text.Span, out fields.Time);
        }
        else if (name.SequenceEqual("auditID"u8) || name.SequenceEqual("requestURI"u8))
        {
            fields.LooksLikeEvent = true;
        }

        return end;
    }

    // "properties" is an object, or in some Azure services JSON in a string.
    private static int ReadProperties(ReadOnlyMemory<byte> body, int start, IntakeBatch batch, ref RecordFields fields)
    {
        ReadOnlySpan<byte> bytes = body.Span;
        if (bytes[start] == (byte)'"')
        {
            int stringEnd = Unescape(bytes, start + 1, batch, out ReadOnlyMemory<byte> inner);
            if (stringEnd >= 0 && JsonSyntax.SkipWhiteSpace(inner.Span, 0) is int first && first < inner.Length && inner.Span[first] == (byte)'{')
            {
                _ = ReadProperties(inner, first, batch, ref fields);
            }

            return stringEnd;
        }

        if (bytes[start] != (byte)'{')
        {
            return JsonSkipper.End(bytes, start);
        }

        int position = JsonSyntax.SkipWhiteSpace(bytes, start + 1);
        while (position < bytes.Length && bytes[position] != (byte)'}')
        {
            int value = JsonSyntax.NameEnd(bytes, position, out ReadOnlySpan<byte> name);
            if (value < 0)
            {
                return -1;
            }

            int end = name.SequenceEqual("log"u8)
                ? ReadLog(body, value, batch, ref fields)
                : JsonSkipper.End(bytes, value);
            if (end < 0)
            {
                return -1;
            }

            position = JsonSyntax.AfterComma(bytes, end, (byte)'}');
            if (position < 0)
            {
                return -1;
            }
        }

        return position < bytes.Length ? position + 1 : -1;
    }

    // The log is the event as text, or in pipelines that parse it first as an object.
    private static int ReadLog(ReadOnlyMemory<byte> body, int start, IntakeBatch batch, ref RecordFields fields)
    {
        ReadOnlySpan<byte> bytes = body.Span;
        fields.HasLog = true;
        if (bytes[start] == (byte)'"')
        {
            return Unescape(bytes, start + 1, batch, out fields.Log);
        }

        int end = JsonSkipper.End(bytes, start);
        fields.Log = end < 0 ? default : body[start..end];
        return end;
    }

    private IntakeRecord ToRecord(ReadOnlyMemory<byte> raw, in RecordFields fields, DateTimeOffset enqueued)
    {
        string cluster = ClusterOf(fields.ResourceId.Span);
        ReadOnlySpan<byte> category = fields.Category.Span;
        if (!category.IsEmpty && !category.SequenceEqual("kube-audit"u8) && !category.SequenceEqual("kube-audit-admin"u8))
        {
            return new(raw, IntakeOutcome.OtherCategory, QuarantineReason.None, cluster, null);
        }

        if (!fields.HasLog && !fields.LooksLikeEvent)
        {
            return new(raw, IntakeOutcome.Quarantined, QuarantineReason.UnknownShape, cluster, null);
        }

        DateTimeOffset time = fields.Time == default ? enqueued : fields.Time;
        AuditParseStatus status = parser.Parse(fields.HasLog ? fields.Log : raw, cluster, time, out AuditEvent? audit);
        return status switch
        {
            AuditParseStatus.Parsed => new(raw, IntakeOutcome.Parsed, QuarantineReason.None, cluster, audit),
            AuditParseStatus.Salvaged => new(raw, IntakeOutcome.Salvaged, QuarantineReason.None, cluster, audit),
            _ => new(raw, IntakeOutcome.Quarantined, QuarantineReason.NotAnAuditEvent, cluster, null),
        };
    }

    // A message that ends inside a record's log still gives what the log said until then.
    private bool Salvage(ReadOnlyMemory<byte> raw, in RecordFields fields, DateTimeOffset enqueued, IntakeBatch batch)
    {
        if (JsonSkipper.End(raw.Span, 0) >= 0)
        {
            return false;
        }

        string cluster = ClusterOf(fields.ResourceId.Span);
        DateTimeOffset time = fields.Time == default ? enqueued : fields.Time;
        AuditParseStatus status = parser.Parse(fields.Log, cluster, time, out AuditEvent? audit);
        if (status is AuditParseStatus.Parsed or AuditParseStatus.Salvaged)
        {
            batch.Add(new(raw, IntakeOutcome.Salvaged, QuarantineReason.None, cluster, audit) { Category = _categories.Get(fields.Category.Span) });
            return true;
        }

        return false;
    }

    private string ClusterOf(ReadOnlySpan<byte> resourceId) => resourceId.IsEmpty || _isOfOneCluster ? _unnamed : _clusters.Of(resourceId);

    // Events of an API server begin with their kind, those in a list with their level.
    private static bool LooksLikeEvent(ReadOnlySpan<byte> json) =>
        json.StartsWith("{\"kind\":\"Event\","u8) || json.StartsWith("{\"level\":\""u8);

    private static int Unescape(ReadOnlySpan<byte> json, int start, IntakeBatch batch, out ReadOnlyMemory<byte> text)
    {
        // No longer than the string itself; its end is not known yet.
        Memory<byte> room = batch.Take(json.Length - start + JsonUnescaper.Slack);
        int end = JsonUnescaper.Unescape(json, start, room.Span, out int written);
        text = batch.Keep(written);
        return end;
    }

    private void Quarantine(ReadOnlyMemory<byte> raw, QuarantineReason reason, IntakeBatch batch) =>
        batch.Add(new(raw, IntakeOutcome.Quarantined, reason, _unnamed, null));
}
