using System.Text.Json;

namespace Crowsnest.Core.Audit;

/// <summary>Reads the values of an event's fields, remembering those that recur. Not thread-safe.</summary>
internal sealed class AuditValueReader(ClientAddressResolver addresses)
{
    // One file: a reader for each field, and nothing else.
    private readonly Utf8StringPool _pool = new();
    private readonly ValueMemo<AuditUser> _users = new();
    private readonly ValueMemo<ObjectRef> _targets = new();
    private readonly ValueMemo<SourceAddresses> _sources = new();
    private readonly ValueMemo<Outcome> _outcomes = new();
    private readonly ValueMemo<KeyValuePair<string, string>[]> _annotations = new();

    /// <summary>Reads the text that the reader stands on.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="offset">Where its input begins in the event.</param>
    /// <param name="field">The field.</param>
    /// <param name="parsed">Receives the text.</param>
    internal void ReadText(ref Utf8JsonReader reader, int offset, AuditField field, AuditEvent parsed)
    {
        switch (field)
        {
            case AuditField.AuditId:
                parsed.AuditIdAt = Place(ref reader, offset);
                break;
            case AuditField.Verb:
                parsed.Verb = _pool.Text(ref reader);
                break;
            case AuditField.RequestUri:
                parsed.RequestUriAt = Place(ref reader, offset);
                break;
            case AuditField.UserAgent:
                parsed.UserAgent = _pool.Text(ref reader);
                break;
            case AuditField.Stage:
                parsed.Stage = AuditNames.Stage(reader.ValueSpan);
                break;
            case AuditField.Level:
                parsed.Level = AuditNames.Level(reader.ValueSpan);
                break;
            case AuditField.RequestReceivedTimestamp or AuditField.StageTimestamp or AuditField.Timestamp
                when AuditNames.TryParseTime(reader.ValueSpan, out DateTimeOffset time):
                Take(time, field, parsed);
                break;
        }
    }

    /// <summary>Reads a time that came as a number: some converters make seconds or parts of them since 1970 of it.</summary>
    internal static void ReadNumber(ref Utf8JsonReader reader, AuditField field, AuditEvent parsed)
    {
        if (AuditFields.IsTime(field) && AuditNames.TryReadEpoch(reader.ValueSpan, out DateTimeOffset time))
        {
            Take(time, field, parsed);
        }
    }

    // Until Kubernetes 1.11 there was "timestamp" (v1alpha1, v1beta1), at first without the others.
    private static void Take(DateTimeOffset time, AuditField field, AuditEvent parsed)
    {
        if (field == AuditField.RequestReceivedTimestamp || parsed.Time == default)
        {
            parsed.Time = time;
        }
    }

    /// <summary>Reads an object or array.</summary>
    internal void ReadContainer(ReadOnlyMemory<byte> body, AuditField field, AuditEvent parsed)
    {
        ReadOnlySpan<byte> json = body.Span;
        int slot;
        switch (field)
        {
            case AuditField.User:
                parsed.User = _users.Find(json, out slot) ?? _users.Remember(slot, json, ReadUser(json));
                break;
            case AuditField.ImpersonatedUser:
                parsed.ImpersonatedUser = _users.Find(json, out slot) ?? _users.Remember(slot, json, ReadUser(json));
                break;
            case AuditField.ObjectRef:
                ReadOnlySpan<byte> key = WithoutVersion(json);
                parsed.ObjectRef = _targets.Find(key, out slot) ?? _targets.Remember(slot, key, ReadObjectRef(json));
                break;
            case AuditField.SourceIPs:
                parsed.Sources = _sources.Find(json, out slot) ?? _sources.Remember(slot, json, ReadSources(json));
                break;
            case AuditField.ResponseStatus:
                parsed.Outcome = _outcomes.Find(json, out slot) ?? _outcomes.Remember(slot, json, ReadOutcome(json));
                break;
            case AuditField.Annotations:
                parsed.Annotations =
                    _annotations.Find(json, out slot) ?? _annotations.Remember(slot, json, ReadAnnotations(json));
                parsed.Truncated |= parsed.Annotation("audit.k8s.io/truncated") == "true";
                break;
            case AuditField.RequestObject:
                parsed.RequestObject = body;
                break;
            case AuditField.ResponseObject:
                parsed.ResponseObject = body;
                break;
        }
    }

    private AuditUser ReadUser(ReadOnlySpan<byte> json)
    {
        string username = "";
        string uid = "";
        string[] groups = [];
        List<KeyValuePair<string, IReadOnlyList<string>>> extra = [];
        Utf8JsonReader reader = new(json);
        reader.Read();
        while (NextName(ref reader))
        {
            if (reader.ValueTextEquals("username"u8))
            {
                username = _pool.ReadString(ref reader);
            }
            else if (reader.ValueTextEquals("uid"u8))
            {
                uid = _pool.ReadString(ref reader);
            }
            else if (reader.ValueTextEquals("groups"u8))
            {
                groups = _pool.ReadStrings(ref reader);
            }
            else if (reader.ValueTextEquals("extra"u8) && Advance(ref reader) && reader.TokenType == JsonTokenType.StartObject)
            {
                while (NextName(ref reader))
                {
                    string key = _pool.Text(ref reader);
                    extra.Add(new(key, _pool.ReadStrings(ref reader)));
                }
            }
            else
            {
                reader.Skip();
            }
        }

        return new AuditUser(username, uid, groups, extra.Count == 0 ? [] : extra);
    }

    private ObjectRef ReadObjectRef(ReadOnlySpan<byte> json)
    {
        string resource = "", subresource = "", ns = "", name = "", group = "", version = "";
        Utf8JsonReader reader = new(json);
        reader.Read();
        while (NextName(ref reader))
        {
            if (reader.ValueTextEquals("resource"u8))
            {
                resource = _pool.ReadString(ref reader);
            }
            else if (reader.ValueTextEquals("subresource"u8))
            {
                subresource = _pool.ReadString(ref reader);
            }
            else if (reader.ValueTextEquals("namespace"u8))
            {
                ns = _pool.ReadString(ref reader);
            }
            else if (reader.ValueTextEquals("name"u8))
            {
                name = _pool.ReadString(ref reader);
            }
            else if (reader.ValueTextEquals("apiGroup"u8))
            {
                group = _pool.ReadString(ref reader);
            }
            else if (reader.ValueTextEquals("apiVersion"u8))
            {
                version = _pool.ReadString(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return new ObjectRef(resource, subresource, ns, name, group, version);
    }

    private SourceAddresses ReadSources(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json);
        reader.Read();
        string[] all = _pool.ReadItems(ref reader);
        return new SourceAddresses(all, addresses.Resolve(all, isAks: false), addresses.Resolve(all, isAks: true));
    }

    private Outcome ReadOutcome(ReadOnlySpan<byte> json)
    {
        int code = 0;
        string reason = "";
        Utf8JsonReader reader = new(json);
        reader.Read();
        while (NextName(ref reader))
        {
            if (reader.ValueTextEquals("reason"u8))
            {
                reason = _pool.ReadString(ref reader);
            }
            else if (reader.ValueTextEquals("code"u8) && Advance(ref reader))
            {
                code = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int number) ? number : 0;
                reader.Skip();
            }
            else
            {
                reader.Skip();
            }
        }

        return new Outcome(code, reason);
    }

    private KeyValuePair<string, string>[] ReadAnnotations(ReadOnlySpan<byte> json)
    {
        List<KeyValuePair<string, string>> annotations = [];
        Utf8JsonReader reader = new(json);
        reader.Read();
        while (NextName(ref reader))
        {
            string key = _pool.Text(ref reader);
            annotations.Add(new(key, _pool.ReadString(ref reader)));
        }

        return [.. annotations];
    }

    // Every write of an object has another resourceVersion, which nobody asks for. Where it stands last, the bytes before
    // it say everything; before a subresource it stays.
    private static ReadOnlySpan<byte> WithoutVersion(ReadOnlySpan<byte> json)
    {
        ReadOnlySpan<byte> name = ",\"resourceVersion\":\""u8;
        int start = json.LastIndexOf(name);
        return start > 0 && json[(start + name.Length)..].IndexOf((byte)'"') == json.Length - start - name.Length - 2
            ? json[..start]
            : json;
    }

    // Steps to the next property of the object the reader is in.
    private static bool NextName(ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.StartArray && reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    private static bool Advance(ref Utf8JsonReader reader) => reader.Read();

    // The string with its quotes, where it stands in the event.
    private static (int Start, int Length) Place(ref Utf8JsonReader reader, int offset) =>
        reader.ValueSpan.IsEmpty ? default : (offset + (int)reader.TokenStartIndex, reader.ValueSpan.Length + 2);
}
