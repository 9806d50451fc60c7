using System.Text.Json;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Intake;

/// <summary>
/// Takes messages apart into records: <c>{"records":[…]}</c>, one bare record, arrays, JSON lines, audit EventLists and
/// bare audit events, with or without a byte order mark. What can't be read costs only itself. Not thread-safe.
/// </summary>
public sealed class MessageReader(AuditEventParser parser, string defaultCluster)
{
    // The depth limit belongs to the event parser: a deep record must not take its neighbours with it.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1_000_000, AllowMultipleValues = true };

    private readonly Dictionary<string, string> _clusters = new(StringComparer.Ordinal);

    /// <summary>Reads one message and adds its records to the batch.</summary>
    public void Read(HubMessage message, IntakeBatch batch)
    {
        ReadOnlyMemory<byte> body = message.Body;
        if (body.Span.StartsWith("\uFEFF"u8))
        {
            body = body[3..];
        }

        if (body.Span.Trim(" \t\r\n"u8).IsEmpty)
        {
            Quarantine(message.Body, QuarantineReason.Empty, batch);
            return;
        }

        while (!body.IsEmpty)
        {
            body = ReadValues(body, message.EnqueuedTime, batch);
        }
    }

    // Reads top-level values until the end or the first fault; returns what is left to try.
    private ReadOnlyMemory<byte> ReadValues(ReadOnlyMemory<byte> body, DateTimeOffset enqueued, IntakeBatch batch)
    {
        Utf8JsonReader reader = new(body.Span, isFinalBlock: false, new JsonReaderState(Options));
        int valueStart = 0;
        int recordStart = 0;
        int before = 0;
        QuarantineReason fault = QuarantineReason.CutJson;
        try
        {
            while (true)
            {
                valueStart = recordStart = Next(body.Span, (int)reader.BytesConsumed);
                before = batch.Records.Count;
                if (recordStart == body.Length)
                {
                    return default;
                }

                if (!reader.Read() || !ReadValue(ref reader, body, enqueued, batch, ref recordStart))
                {
                    break;
                }
            }
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            fault = QuarantineReason.NotJson;
        }

        // Of a message that gave no record at all, every byte is kept.
        int start = batch.Records.Count == before ? valueStart : recordStart;
        return SetAside(body, start, fault, enqueued, batch);
    }

    private ReadOnlyMemory<byte> SetAside(
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
        AuditParseStatus status = parser.Parse(broken, defaultCluster, enqueued, out AuditEvent? salvaged);
        if (status == AuditParseStatus.Salvaged)
        {
            batch.Add(new(broken, IntakeOutcome.Salvaged, QuarantineReason.None, defaultCluster, salvaged));
        }
        else
        {
            Quarantine(broken, fault, batch);
        }

        return length < 0 ? default : body[(start + length + 1)..];
    }

    // The reader stands on a value's first token. False means that the input ended inside it.
    private bool ReadValue(
        ref Utf8JsonReader reader,
        ReadOnlyMemory<byte> body,
        DateTimeOffset enqueued,
        IntakeBatch batch,
        ref int recordStart)
    {
        recordStart = (int)reader.TokenStartIndex;
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            return ReadObject(ref reader, body, enqueued, batch, ref recordStart);
        }

        if (reader.TokenType == JsonTokenType.StartArray)
        {
            return ReadArray(ref reader, body, enqueued, batch, ref recordStart);
        }

        Quarantine(body[recordStart..(int)reader.BytesConsumed], QuarantineReason.UnknownShape, batch);
        return true;
    }

    private bool ReadArray(
        ref Utf8JsonReader reader,
        ReadOnlyMemory<byte> body,
        DateTimeOffset enqueued,
        IntakeBatch batch,
        ref int recordStart)
    {
        while (true)
        {
            recordStart = (int)reader.BytesConsumed;
            if (!reader.Read())
            {
                return false;
            }

            if (reader.TokenType == JsonTokenType.EndArray)
            {
                return true;
            }

            // Arrays inside arrays hold no records in any known shape.
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                int start = (int)reader.TokenStartIndex;
                if (!reader.TrySkip())
                {
                    return false;
                }

                Quarantine(body[start..(int)reader.BytesConsumed], QuarantineReason.UnknownShape, batch);
            }
            else if (!ReadValue(ref reader, body, enqueued, batch, ref recordStart))
            {
                return false;
            }
        }
    }

    private bool ReadObject(
        ref Utf8JsonReader reader,
        ReadOnlyMemory<byte> body,
        DateTimeOffset enqueued,
        IntakeBatch batch,
        ref int recordStart)
    {
        int start = recordStart;
        RecordFields fields = new() { Category = "", ResourceId = "" };
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                if (!fields.IsContainer)
                {
                    batch.Add(ToRecord(body[start..(int)reader.BytesConsumed], fields, enqueued));
                }

                return true;
            }

            if (!ReadField(ref reader, body, enqueued, batch, ref fields, ref recordStart))
            {
                return false;
            }
        }

        return false;
    }

    private bool ReadField(
        ref Utf8JsonReader reader,
        ReadOnlyMemory<byte> body,
        DateTimeOffset enqueued,
        IntakeBatch batch,
        ref RecordFields fields,
        ref int recordStart)
    {
        if (reader.ValueTextEquals("records"u8) || reader.ValueTextEquals("items"u8))
        {
            if (!reader.Read())
            {
                return false;
            }

            if (reader.TokenType != JsonTokenType.StartArray)
            {
                return reader.TrySkip();
            }

            fields.IsContainer = true;
            return ReadArray(ref reader, body, enqueued, batch, ref recordStart);
        }

        if (reader.ValueTextEquals("properties"u8))
        {
            return reader.Read() && ReadProperties(ref reader, body, batch, ref fields);
        }

        if (reader.ValueTextEquals("category"u8))
        {
            return ReadText(ref reader, ref fields.Category);
        }

        if (reader.ValueTextEquals("resourceId"u8))
        {
            return ReadText(ref reader, ref fields.ResourceId);
        }

        if (reader.ValueTextEquals("time"u8))
        {
            if (!reader.Read())
            {
                return false;
            }

            if (reader.TokenType == JsonTokenType.String)
            {
                _ = AuditNames.TryParseTime(reader.ValueSpan, out fields.Time);
            }

            return reader.TrySkip();
        }

        fields.LooksLikeEvent |= reader.ValueTextEquals("auditID"u8) || reader.ValueTextEquals("requestURI"u8);
        return reader.Read() && reader.TrySkip();
    }

    // The reader stands on the value of "properties": an object, or in some Azure services JSON in a string.
    private static bool ReadProperties(
        ref Utf8JsonReader reader,
        ReadOnlyMemory<byte> body,
        IntakeBatch batch,
        ref RecordFields fields)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            ReadOnlyMemory<byte> inner = Unescape(ref reader, batch);
            Utf8JsonReader innerReader = new(inner.Span, isFinalBlock: false, new JsonReaderState(Options));
            try
            {
                _ = innerReader.Read() && innerReader.TokenType == JsonTokenType.StartObject
                    && ReadProperties(ref innerReader, inner, batch, ref fields);
            }
            catch (JsonException)
            {
                fields.HasLog = true;
            }

            return true;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return reader.TrySkip();
        }

        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                return true;
            }

            bool isLog = reader.ValueTextEquals("log"u8);
            if (!reader.Read())
            {
                return false;
            }

            int start = (int)reader.TokenStartIndex;
            if (isLog && reader.TokenType == JsonTokenType.String)
            {
                fields.HasLog = true;
                fields.Log = Unescape(ref reader, batch);
            }
            else if (!reader.TrySkip())
            {
                return false;
            }
            else if (isLog)
            {
                fields.HasLog = true;
                fields.Log = body[start..(int)reader.BytesConsumed];
            }
        }

        return false;
    }

    private IntakeRecord ToRecord(ReadOnlyMemory<byte> raw, in RecordFields fields, DateTimeOffset enqueued)
    {
        string cluster = ClusterOf(fields.ResourceId);
        if (fields.Category.Length > 0 && fields.Category is not ("kube-audit" or "kube-audit-admin"))
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

    private string ClusterOf(string resourceId)
    {
        if (resourceId.Length == 0)
        {
            return defaultCluster;
        }

        if (!_clusters.TryGetValue(resourceId, out string? cluster))
        {
            // A hub serves a handful of clusters; whoever sends thousands of ids is hostile and gains nothing.
            if (_clusters.Count > 1_000)
            {
                _clusters.Clear();
            }

            cluster = ClusterName.FromResourceId(resourceId);
            _clusters.Add(resourceId, cluster);
        }

        return cluster;
    }

    private static bool ReadText(ref Utf8JsonReader reader, ref string text)
    {
        if (!reader.Read())
        {
            return false;
        }

        if (reader.TokenType != JsonTokenType.String)
        {
            return reader.TrySkip();
        }

        try
        {
            text = reader.ValueTextEquals("kube-audit"u8) ? "kube-audit" : reader.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            text = "";
        }

        return true;
    }

    private static ReadOnlyMemory<byte> Unescape(ref Utf8JsonReader reader, IntakeBatch batch)
    {
        Memory<byte> room = batch.Take(reader.ValueSpan.Length);
        try
        {
            return batch.Keep(reader.CopyString(room.Span));
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate: no text at all, and no reason to lose the neighbours.
            return default;
        }
    }

    private void Quarantine(ReadOnlyMemory<byte> raw, QuarantineReason reason, IntakeBatch batch) =>
        batch.Add(new(raw, IntakeOutcome.Quarantined, reason, defaultCluster, null));

    private static int Next(ReadOnlySpan<byte> body, int start)
    {
        int offset = body[start..].IndexOfAnyExcept(" \t\r\n"u8);
        return offset < 0 ? body.Length : start + offset;
    }
}
