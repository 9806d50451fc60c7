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
        bool omits = omitManagedFields && (MayHaveManaged(audit.RequestObject) || MayHaveManaged(audit.ResponseObject));
        if (!audit.IsWhole || (!isLower && !omits))
        {
            return audit;
        }

        try
        {
            return Rewrite(audit, level, isLower, omits);
        }
        catch (JsonException)
        {
            // What skips over bodies is more lenient than what reads them.
            return audit;
        }
    }

    private static bool MayHaveManaged(ReadOnlyMemory<byte> body) => body.Span.IndexOf("\"managedFields\""u8) >= 0;

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
