using Crowsnest.Core.Json;

namespace Crowsnest.Core.Intake;

/// <summary>Reads the "properties" of a record, which hold the log: the event, mostly as text.</summary>
internal static class RecordProperties
{
    /// <summary>"properties" is an object, or in some Azure services JSON in a string.</summary>
    /// <returns>The index after it, or -1 when it is broken or cut.</returns>
    internal static int Read(ReadOnlyMemory<byte> body, int start, IntakeBatch batch, ref RecordFields fields)
    {
        ReadOnlySpan<byte> bytes = body.Span;
        if (bytes[start] == (byte)'"')
        {
            int stringEnd = Unescape(bytes, start + 1, batch, out ReadOnlyMemory<byte> inner);
            if (stringEnd >= 0
                && JsonSyntax.SkipWhiteSpace(inner.Span, 0) is int first
                && first < inner.Length && inner.Span[first] == (byte)'{')
            {
                _ = Read(inner, first, batch, ref fields);
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

    /// <summary>The log is the event as text, or in pipelines that parse it first as an object.</summary>
    /// <returns>The index after it, or -1 when it is broken or cut.</returns>
    internal static int ReadLog(ReadOnlyMemory<byte> body, int start, IntakeBatch batch, ref RecordFields fields)
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

    internal static int Unescape(ReadOnlySpan<byte> json, int start, IntakeBatch batch, out ReadOnlyMemory<byte> text)
    {
        // No longer than the string itself; its end is not known yet.
        Memory<byte> room = batch.Take(json.Length - start + JsonUnescaper.Slack);
        int end = JsonUnescaper.Unescape(json, start, room.Span, out int written);
        text = batch.Keep(written);
        return end;
    }
}
