using System.Buffers;
using System.Text.Json;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Policy;

/// <summary>Cuts an event down to what an API server with a policy would have written.</summary>
public static class EventTrimmer
{
    private static readonly JsonReaderOptions Reading = new() { MaxDepth = 64 };

    /// <summary>
    /// The event at the level, or the same when it holds no more than that. Never more: what was not logged is not known.
    /// </summary>
    /// <param name="audit">The event; one that was cut stays as it is, since nothing tells what it would have held.</param>
    /// <param name="level">Metadata, Request or RequestResponse.</param>
    /// <param name="omitManagedFields">True to leave managedFields out of the bodies.</param>
    public static AuditEvent Trim(AuditEvent audit, AuditLevel level, bool omitManagedFields)
    {
        bool isLower = level < audit.Level;
        bool omits = omitManagedFields && ((level >= AuditLevel.Request && MayHaveManaged(audit.RequestObject))
            || (level >= AuditLevel.RequestResponse && MayHaveManaged(audit.ResponseObject)));
        if (!audit.IsWhole || (!isLower && !omits))
        {
            return audit;
        }

        try
        {
            return (isLower && !omits ? Cut(audit, level) : null) ?? Rewrite(audit, level, isLower, omits);
        }
        catch (JsonException)
        {
            // What skips over bodies is more lenient than what reads them.
            return audit;
        }
    }

    private static bool MayHaveManaged(ReadOnlyMemory<byte> body) => body.Span.IndexOf("\"managedFields\""u8) >= 0;

    // As an API server writes events: the level first, the bodies behind all that is asked for. What is otherwise is read member by member.
    private static AuditEvent? Cut(AuditEvent audit, AuditLevel level)
    {
        ReadOnlySpan<byte> json = audit.Json.Span;
        ReadOnlySpan<byte> old = Name(audit.Level);
        int behind = Head.Length + old.Length;
        if (!json.StartsWith(Head) || !json[Head.Length..].StartsWith(old) || json[behind] != (byte)'"'
            || !Find(json, audit.RequestObject, ",\"requestObject\":"u8, level < AuditLevel.Request, out int request, out int requestEnd)
            || !Find(
                json, audit.ResponseObject, ",\"responseObject\":"u8, level < AuditLevel.RequestResponse, out int response, out int end))
        {
            return null;
        }

        if (request == requestEnd)
        {
            (request, requestEnd) = (response, response);
        }

        // What is read from the event stands before what is cut.
        bool keeps = level >= AuditLevel.Request && !audit.RequestObject.IsEmpty;
        (int Start, int Length) kept = keeps ? (OffsetIn(json, audit.RequestObject.Span), audit.RequestObject.Length) : default;
        if (requestEnd > response || Math.Max(Math.Max(audit.AuditIdAt.Start, audit.RequestUriAt.Start), kept.Start) > request)
        {
            return null;
        }

        ReadOnlySpan<byte> named = Name(level);
        int shift = named.Length - old.Length;
        byte[] cut = new byte[json.Length + shift - (requestEnd - request) - (end - response)];
        Head.CopyTo(cut);
        named.CopyTo(cut.AsSpan(Head.Length));
        int at = Head.Length + named.Length;
        foreach ((int from, int to) in new[] { (behind, request), (requestEnd, response), (end, json.Length) })
        {
            json[from..to].CopyTo(cut.AsSpan(at));
            at += to - from;
        }

        return audit.CutTo(
            level,
            cut,
            Moved(audit.AuditIdAt, shift),
            Moved(audit.RequestUriAt, shift),
            Moved(kept, shift),
            default);
    }

    private static ReadOnlySpan<byte> Head => "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\""u8;

    private static ReadOnlySpan<byte> Name(AuditLevel level) => level switch
    {
        AuditLevel.Metadata => "Metadata"u8,
        AuditLevel.Request => "Request"u8,
        AuditLevel.RequestResponse => "RequestResponse"u8,
        _ => "None"u8,
    };

    // Where the member to be cut begins and ends; where it stays, or is not there, nothing is cut, at the end.
    private static bool Find(
        ReadOnlySpan<byte> json, ReadOnlyMemory<byte> body, ReadOnlySpan<byte> member, bool isCut, out int start, out int end)
    {
        (start, end) = (json.Length, json.Length);
        if (!isCut)
        {
            return true;
        }

        if (body.IsEmpty)
        {
            // A text in place of a body, or none at all.
            return json.IndexOf(member[1..^1]) < 0;
        }

        int at = OffsetIn(json, body.Span);
        (start, end) = (at - member.Length, at + body.Length);
        return start > 0 && json[start..at].SequenceEqual(member);
    }

    private static int OffsetIn(ReadOnlySpan<byte> json, ReadOnlySpan<byte> part) =>
        json.Overlaps(part, out int offset) ? offset : 0;

    private static (int Start, int Length) Moved((int Start, int Length) place, int by) =>
        place.Length == 0 ? place : (place.Start + by, place.Length);

    private static AuditEvent Rewrite(AuditEvent audit, AuditLevel level, bool isLower, bool omitManagedFields)
    {
        ReadOnlySpan<byte> json = audit.Json.Span;
        ArrayBufferWriter<byte> output = new(json.Length);
        (int Start, int Length) auditId = default, uri = default, request = default, response = default;
        output.Write("{"u8);
        Utf8JsonReader reader = new(json, Reading);
        _ = reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int start = (int)reader.TokenStartIndex;
            bool isLevel = reader.ValueTextEquals("level"u8);
            bool isRequest = reader.ValueTextEquals("requestObject"u8);
            bool isResponse = reader.ValueTextEquals("responseObject"u8);
            _ = reader.Read();
            int value = (int)reader.TokenStartIndex;
            reader.Skip();
            if ((isRequest && level < AuditLevel.Request) || (isResponse && level < AuditLevel.RequestResponse))
            {
                continue;
            }

            output.Write(output.WrittenCount > 1 ? ","u8 : ""u8);
            if (isLevel && isLower)
            {
                output.Write("\"level\":\""u8);
                output.Write(System.Text.Encoding.ASCII.GetBytes(level.ToString()));
                output.Write("\""u8);
                continue;
            }

            output.Write(json[start..value]);
            int at = output.WrittenCount;
            WriteBody(output, json[value..(int)reader.BytesConsumed], omitManagedFields && (isRequest || isResponse));
            (int, int) place = (at, output.WrittenCount - at);
            auditId = value == audit.AuditIdAt.Start ? place : auditId;
            uri = value == audit.RequestUriAt.Start ? place : uri;
            request = isRequest && !audit.RequestObject.IsEmpty ? place : request;
            response = isResponse && !audit.ResponseObject.IsEmpty ? place : response;
        }

        output.Write("}"u8);
        return audit.CutTo(isLower ? level : audit.Level, output.WrittenMemory, auditId, uri, request, response);
    }

    private static void WriteBody(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> body, bool omit)
    {
        if (!omit || body.IndexOf("\"managedFields\""u8) < 0)
        {
            output.Write(body);
            return;
        }

        // Only those of the object and of a list's items: a field of that name elsewhere is the object's own.
        int kept = 0;
        List<string> path = [];
        Utf8JsonReader reader = new(body, Reading);
        int afterPrevious = 0;
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                path.Add("");
            }
            else if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                path.RemoveAt(path.Count - 1);
            }
            else if (reader.TokenType == JsonTokenType.PropertyName)
            {
                if (IsManagedFields(path, ref reader))
                {
                    int start = (int)reader.TokenStartIndex;
                    _ = reader.Read();
                    reader.Skip();
                    int end = (int)reader.BytesConsumed;
                    if (body[afterPrevious - 1] != (byte)'{')
                    {
                        // With the comma before it.
                        output.Write(body[kept..Math.Max(kept, afterPrevious)]);
                        kept = end;
                        continue;
                    }

                    output.Write(body[kept..start]);
                    int comma = body[end..].IndexOfAnyExcept(" \t\r\n"u8) + end;
                    kept = body[comma] == (byte)',' ? comma + 1 : end;
                    continue;
                }

                path[^1] = reader.ValueTextEquals("metadata"u8) ? "metadata" : reader.ValueTextEquals("items"u8) ? "items" : "";
            }

            afterPrevious = (int)reader.BytesConsumed;
        }

        output.Write(body[kept..]);
    }

    private static bool IsManagedFields(List<string> path, ref Utf8JsonReader reader) =>
        ((path.Count == 2 && path[0] == "metadata") || (path.Count == 4 && path[0] == "items" && path[2] == "metadata"))
        && reader.ValueTextEquals("managedFields"u8);
}
