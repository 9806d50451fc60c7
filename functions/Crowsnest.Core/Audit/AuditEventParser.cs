using System.Text.Json;

namespace Crowsnest.Core.Audit;

/// <summary>
/// Reads one audit event in one forward pass. The API server writes identity, verb, target and outcome before the bodies,
/// so an event that the platform cut still gives them. Not thread-safe: it owns a string pool.
/// </summary>
public sealed class AuditEventParser(ClientAddressResolver addresses)
{
    // Deep enough for any real object; what is deeper is hostile and costs only itself.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 512 };

    private readonly Utf8StringPool _pool = new();
    private readonly List<string> _strings = [];
    private readonly List<KeyValuePair<string, string>> _annotations = [];
    private readonly List<KeyValuePair<string, IReadOnlyList<string>>> _extra = [];

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
        out AuditEvent? auditEvent)
    {
        AuditEvent parsed = new() { Cluster = cluster, Json = json };
        bool complete = false;

        // Not the final block: at a cut the reader stops instead of throwing.
        Utf8JsonReader reader = new(json.Span, isFinalBlock: false, new JsonReaderState(Options));
        try
        {
            complete = reader.Read() && reader.TokenType == JsonTokenType.StartObject
                && ReadFields(ref reader, json, parsed);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // Broken JSON, or a string that is not valid UTF-8: what was read before it stands.
            complete = false;
        }

        // The verb is empty for HTTP methods that Kubernetes does not know: probes of attackers have them.
        bool identified = parsed.RequestUri.Length > 0
            ? parsed.Verb.Length > 0 || parsed.Stage != AuditStage.Unknown
            : parsed.Verb.Length > 0 && parsed.AuditId.Length > 0;
        if (!identified)
        {
            auditEvent = null;
            return complete ? AuditParseStatus.NotAnAuditEvent : AuditParseStatus.Unreadable;
        }

        if (parsed.Time == default)
        {
            parsed.Time = envelopeTime;
        }

        parsed.Principal = parsed.User.Username.Length == 0 ? PrincipalClassifier.AnonymousUser : parsed.User.Username;
        parsed.PrincipalClass = PrincipalClassifier.Classify(parsed.User.Username);
        parsed.ClientAddress = addresses.Resolve(parsed.SourceIPs);
        parsed.Truncated |= !complete;
        auditEvent = parsed;
        return complete ? AuditParseStatus.Parsed : AuditParseStatus.Salvaged;
    }

    private bool ReadFields(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, AuditEvent parsed)
    {
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                return true;
            }

            if (!ReadField(ref reader, json, parsed))
            {
                return false;
            }
        }

        return false;
    }

    // The reader stands on a property name; false means that the input ended.
    private bool ReadField(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, AuditEvent parsed)
    {
        if (reader.ValueTextEquals("auditID"u8))
        {
            return ReadText(ref reader, out string text, pooled: false) && Assigned(parsed.AuditId = text);
        }

        if (reader.ValueTextEquals("verb"u8))
        {
            return ReadText(ref reader, out string text) && Assigned(parsed.Verb = text);
        }

        if (reader.ValueTextEquals("stage"u8))
        {
            return ReadText(ref reader, out string text) && Assigned(parsed.Stage = AuditNames.Stage(text));
        }

        if (reader.ValueTextEquals("level"u8))
        {
            return ReadText(ref reader, out string text) && Assigned(parsed.Level = AuditNames.Level(text));
        }

        if (reader.ValueTextEquals("requestURI"u8))
        {
            return ReadText(ref reader, out string text) && Assigned(parsed.RequestUri = text);
        }

        if (reader.ValueTextEquals("userAgent"u8))
        {
            return ReadText(ref reader, out string text) && Assigned(parsed.UserAgent = text);
        }

        if (reader.ValueTextEquals("user"u8))
        {
            return ReadUser(ref reader, out AuditUser user) && Assigned(parsed.User = user);
        }

        if (reader.ValueTextEquals("impersonatedUser"u8))
        {
            return ReadUser(ref reader, out AuditUser user) && Assigned(parsed.ImpersonatedUser = user);
        }

        if (reader.ValueTextEquals("sourceIPs"u8))
        {
            return ReadTexts(ref reader, out string[] texts) && Assigned(parsed.SourceIPs = texts);
        }

        if (reader.ValueTextEquals("objectRef"u8))
        {
            return ReadObjectRef(ref reader, out ObjectRef target) && Assigned(parsed.ObjectRef = target);
        }

        if (reader.ValueTextEquals("responseStatus"u8))
        {
            return ReadResponseStatus(ref reader, parsed);
        }

        if (reader.ValueTextEquals("requestObject"u8))
        {
            return ReadSlice(ref reader, json, out ReadOnlyMemory<byte> body) && Assigned(parsed.RequestObject = body);
        }

        if (reader.ValueTextEquals("responseObject"u8))
        {
            return ReadSlice(ref reader, json, out ReadOnlyMemory<byte> body) && Assigned(parsed.ResponseObject = body);
        }

        if (reader.ValueTextEquals("requestReceivedTimestamp"u8))
        {
            return ReadTime(ref reader, out DateTimeOffset time) && Assigned(parsed.Time = time);
        }

        if (reader.ValueTextEquals("stageTimestamp"u8))
        {
            bool read = ReadTime(ref reader, out DateTimeOffset time);
            parsed.Time = parsed.Time == default ? time : parsed.Time;
            return read;
        }

        return reader.ValueTextEquals("annotations"u8)
            ? ReadAnnotations(ref reader, parsed)
            : reader.Read() && reader.TrySkip();
    }

    private static bool Assigned<T>(T value)
    {
        _ = value;
        return true;
    }

    private bool ReadText(ref Utf8JsonReader reader, out string text, bool pooled = true)
    {
        text = "";
        if (!reader.Read())
        {
            return false;
        }

        if (reader.TokenType == JsonTokenType.String)
        {
            text = Text(ref reader, pooled);
            return true;
        }

        return reader.TrySkip();
    }

    private string Text(ref Utf8JsonReader reader, bool pooled = true) =>
        pooled && !reader.ValueIsEscaped ? _pool.Get(reader.ValueSpan) : reader.GetString() ?? "";

    private bool ReadTexts(ref Utf8JsonReader reader, out string[] texts)
    {
        texts = [];
        if (!reader.Read())
        {
            return false;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return reader.TrySkip();
        }

        _strings.Clear();
        bool ended = false;
        while (!ended && reader.Read())
        {
            ended = reader.TokenType == JsonTokenType.EndArray;
            if (reader.TokenType == JsonTokenType.String)
            {
                _strings.Add(Text(ref reader));
            }
            else if (!ended && !reader.TrySkip())
            {
                break;
            }
        }

        texts = [.. _strings];
        return ended;
    }

    private bool ReadUser(ref Utf8JsonReader reader, out AuditUser user)
    {
        string username = "";
        string uid = "";
        string[] groups = [];
        _extra.Clear();
        bool ended = !Enter(ref reader, out bool inside);
        while (inside && !ended && reader.Read())
        {
            ended = reader.TokenType == JsonTokenType.EndObject;
            bool read = ended
                || (reader.ValueTextEquals("username"u8) ? ReadText(ref reader, out username)
                : reader.ValueTextEquals("uid"u8) ? ReadText(ref reader, out uid)
                : reader.ValueTextEquals("groups"u8) ? ReadTexts(ref reader, out groups)
                : reader.ValueTextEquals("extra"u8) ? ReadExtra(ref reader)
                : reader.Read() && reader.TrySkip());
            if (!read)
            {
                break;
            }
        }

        user = new AuditUser(username, uid, groups, _extra.Count == 0 ? [] : [.. _extra]);
        return ended;
    }

    private bool ReadExtra(ref Utf8JsonReader reader)
    {
        bool ended = !Enter(ref reader, out bool inside);
        while (inside && !ended && reader.Read())
        {
            ended = reader.TokenType == JsonTokenType.EndObject;
            if (ended)
            {
                break;
            }

            string key = Text(ref reader);
            if (!ReadTexts(ref reader, out string[] values))
            {
                return false;
            }

            _extra.Add(new(key, values));
        }

        return ended;
    }

    private bool ReadObjectRef(ref Utf8JsonReader reader, out ObjectRef target)
    {
        string resource = "", subresource = "", ns = "", name = "", group = "", version = "";
        bool ended = !Enter(ref reader, out bool inside);
        while (inside && !ended && reader.Read())
        {
            ended = reader.TokenType == JsonTokenType.EndObject;
            bool read = ended
                || (reader.ValueTextEquals("resource"u8) ? ReadText(ref reader, out resource)
                : reader.ValueTextEquals("subresource"u8) ? ReadText(ref reader, out subresource)
                : reader.ValueTextEquals("namespace"u8) ? ReadText(ref reader, out ns)
                : reader.ValueTextEquals("name"u8) ? ReadText(ref reader, out name)
                : reader.ValueTextEquals("apiGroup"u8) ? ReadText(ref reader, out group)
                : reader.ValueTextEquals("apiVersion"u8) ? ReadText(ref reader, out version)
                : reader.Read() && reader.TrySkip());
            if (!read)
            {
                break;
            }
        }

        target = new ObjectRef(resource, subresource, ns, name, group, version);
        return ended;
    }

    private bool ReadResponseStatus(ref Utf8JsonReader reader, AuditEvent parsed)
    {
        bool ended = !Enter(ref reader, out bool inside);
        while (inside && !ended && reader.Read())
        {
            ended = reader.TokenType == JsonTokenType.EndObject;
            bool read = ended
                || (reader.ValueTextEquals("code"u8) ? ReadCode(ref reader, parsed)
                : reader.ValueTextEquals("reason"u8) ? ReadReason(ref reader, parsed)
                : reader.Read() && reader.TrySkip());
            if (!read)
            {
                break;
            }
        }

        return ended;
    }

    private static bool ReadCode(ref Utf8JsonReader reader, AuditEvent parsed)
    {
        if (!reader.Read())
        {
            return false;
        }

        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int code))
        {
            parsed.ResponseCode = code;
        }

        return reader.TrySkip();
    }

    private bool ReadReason(ref Utf8JsonReader reader, AuditEvent parsed)
    {
        bool read = ReadText(ref reader, out string reason);
        parsed.ResponseReason = reason;
        return read;
    }

    private bool ReadAnnotations(ref Utf8JsonReader reader, AuditEvent parsed)
    {
        _annotations.Clear();
        bool ended = !Enter(ref reader, out bool inside);
        while (inside && !ended && reader.Read())
        {
            ended = reader.TokenType == JsonTokenType.EndObject;
            if (ended)
            {
                break;
            }

            string key = Text(ref reader);
            if (!ReadText(ref reader, out string value))
            {
                break;
            }

            _annotations.Add(new(key, value));
        }

        parsed.Annotations = [.. _annotations];
        parsed.Truncated |= string.Equals(parsed.Annotation("audit.k8s.io/truncated"), "true", StringComparison.Ordinal);
        return ended;
    }

    // Steps onto a value. False means that there is nothing to read inside it: not an object (skipped whole), or cut.
    private static bool Enter(ref Utf8JsonReader reader, out bool inside)
    {
        bool present = reader.Read();
        inside = present && reader.TokenType == JsonTokenType.StartObject;
        return inside || !present || !reader.TrySkip();
    }

    private static bool ReadSlice(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, out ReadOnlyMemory<byte> slice)
    {
        slice = default;
        if (!reader.Read())
        {
            return false;
        }

        int start = (int)reader.TokenStartIndex;
        bool isObject = reader.TokenType == JsonTokenType.StartObject;
        if (!reader.TrySkip())
        {
            return false;
        }

        // A string here is AKS's "skipped-too-big-size-object": a body that is not there.
        slice = isObject ? json[start..(int)reader.BytesConsumed] : default;
        return true;
    }

    private static bool ReadTime(ref Utf8JsonReader reader, out DateTimeOffset time)
    {
        time = default;
        if (!reader.Read())
        {
            return false;
        }

        if (reader.TokenType == JsonTokenType.String)
        {
            _ = AuditNames.TryParseTime(reader.ValueSpan, out time);
            return true;
        }

        return reader.TrySkip();
    }
}
