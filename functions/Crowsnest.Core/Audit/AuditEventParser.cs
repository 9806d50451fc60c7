using System.Text.Json;
using Crowsnest.Core.Json;

namespace Crowsnest.Core.Audit;

/// <summary>
/// Reads one audit event in one forward pass. The API server writes identity, verb, target and outcome before the bodies,
/// so an event that the platform cut still gives them. Bodies are skipped, and small objects that recur are remembered.
/// Not thread-safe: it owns its memory of what it has seen.
/// </summary>
public sealed class AuditEventParser(ClientAddressResolver addresses)
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    private readonly AuditValueReader _values = new(addresses);

    public AuditEventParser()
        : this(ClientAddressResolver.Default)
    {
    }

    /// <summary>Parses the JSON of one event.</summary>
    /// <param name="json">UTF-8; the event's bodies will be slices of it.</param>
    /// <param name="cluster">The cluster the event came from.</param>
    /// <param name="envelopeTime">Used when the event's own times are missing or cut off.</param>
    /// <param name="auditEvent">The event when the status is Parsed or Salvaged, else null.</param>
    public AuditParseStatus Parse(
        ReadOnlyMemory<byte> json,
        string cluster,
        DateTimeOffset envelopeTime,
        out AuditEvent? auditEvent) =>
        Parse(json, cluster, envelopeTime, out auditEvent, out _);

    /// <summary>Parses the event at the beginning of the input and tells where it ends.</summary>
    /// <param name="json">UTF-8, which may go on after the event.</param>
    /// <param name="cluster">The cluster the event came from.</param>
    /// <param name="envelopeTime">Used when the event's own times are missing or cut off.</param>
    /// <param name="auditEvent">The event when the status is Parsed or Salvaged, else null.</param>
    /// <param name="length">Length of the event when the status is Parsed or NotAnAuditEvent.</param>
    internal AuditParseStatus Parse(
        ReadOnlyMemory<byte> json,
        string cluster,
        DateTimeOffset envelopeTime,
        out AuditEvent? auditEvent,
        out int length)
    {
        AuditEvent parsed = new() { Cluster = cluster, Json = json };
        length = 0;
        bool complete = false;
        try
        {
            complete = ReadFields(json, parsed, out length);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // Broken JSON, or a string that is not valid UTF-8: what was read before it stands.
            complete = false;
        }

        // The verb is empty for HTTP methods that Kubernetes does not know: probes of attackers have them.
        bool identified = parsed.RequestUriAt.Length > 0
            ? parsed.Verb.Length > 0 || parsed.Stage != AuditStage.Unknown
            : parsed.Verb.Length > 0 && parsed.HasAuditId;
        if (!identified)
        {
            auditEvent = null;
            return complete ? AuditParseStatus.NotAnAuditEvent : AuditParseStatus.Unreadable;
        }

        if (parsed.Time == default)
        {
            parsed.Time = envelopeTime;
        }

        parsed.Json = complete ? json[..length] : json;
        parsed.Truncated |= !complete;
        parsed.IsWhole = complete;
        auditEvent = parsed;
        return complete ? AuditParseStatus.Parsed : AuditParseStatus.Salvaged;
    }

    private bool ReadFields(ReadOnlyMemory<byte> json, AuditEvent parsed, out int length)
    {
        ReadOnlySpan<byte> rest = json.Span;
        int offset = 0;
        length = 0;

        // Not the final block: at a cut the reader stops instead of throwing.
        Utf8JsonReader reader = new(rest, isFinalBlock: false, new JsonReaderState(Options));
        JsonReaderState afterValue = default;
        bool canSkip = false;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                length = offset + (int)reader.BytesConsumed;
                return true;
            }

            AuditField field = AuditFields.Find(ref reader);
            if (canSkip && AuditFields.IsContainer(field))
            {
                int start = SkipWhiteSpace(rest, (int)reader.BytesConsumed);
                if (start < rest.Length && rest[start] is (byte)'{' or (byte)'[')
                {
                    int end = JsonSkipper.End(rest, start);
                    if (end < 0)
                    {
                        return false;
                    }

                    // The reader goes on behind the value as if it had read only the one before it.
                    _values.ReadContainer(json.Slice(offset + start, end - start), field, parsed);
                    offset += end;
                    rest = rest[end..];
                    reader = new Utf8JsonReader(rest, isFinalBlock: false, afterValue);
                    continue;
                }
            }

            if (!ReadValue(ref reader, json, offset, field, parsed))
            {
                return false;
            }

            afterValue = reader.CurrentState;
            canSkip = true;
        }

        return false;
    }

    private bool ReadValue(
        ref Utf8JsonReader reader,
        ReadOnlyMemory<byte> json,
        int offset,
        AuditField field,
        AuditEvent parsed)
    {
        if (!reader.Read())
        {
            return false;
        }

        if (reader.TokenType == JsonTokenType.String)
        {
            // A body that is text is AKS's "skipped-too-big-size-object": a body that is not there.
            _values.ReadText(ref reader, offset, field, parsed);
            return true;
        }

        if (reader.TokenType == JsonTokenType.Number)
        {
            AuditValueReader.ReadNumber(ref reader, field, parsed);
            return true;
        }

        int start = (int)reader.TokenStartIndex;
        bool isContainer = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
        if (!reader.TrySkip())
        {
            return false;
        }

        if (isContainer)
        {
            int end = (int)reader.BytesConsumed;
            _values.ReadContainer(json[(offset + start)..(offset + end)], field, parsed);
        }

        return true;
    }

    private static int SkipWhiteSpace(ReadOnlySpan<byte> json, int start)
    {
        int length = json[start..].IndexOfAnyExcept(" \t\r\n"u8);
        return length < 0 ? json.Length : start + length;
    }
}
