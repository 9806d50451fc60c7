namespace Crowsnest.Core.Json;

/// <summary>
/// JSON may escape one half of a character pair without the other, which no string can hold. An API server logs the body of
/// a patch as the client sent it, so that anyone may write <c>\ud800</c> there.
/// </summary>
internal static class SurrogateEscapes
{
    private const int Length = 6;

    /// <summary>The JSON with U+FFFD in place of every half that stands alone; the same memory when there is none.</summary>
    internal static ReadOnlyMemory<byte> Mend(ReadOnlyMemory<byte> json)
    {
        ReadOnlySpan<byte> text = json.Span;
        if (text.IndexOf("\\ud"u8) < 0 && text.IndexOf("\\uD"u8) < 0)
        {
            return json;
        }

        byte[]? mended = null;
        int at = 0;
        while (text[at..].IndexOf((byte)'\\') is var next and >= 0)
        {
            at += next;
            char first = Escaped(text, at);
            if (char.IsHighSurrogate(first) && char.IsLowSurrogate(Escaped(text, at + Length)))
            {
                at += 2 * Length;
            }
            else if (char.IsSurrogate(first))
            {
                mended ??= json.ToArray();
                "\\ufffd"u8.CopyTo(mended.AsSpan(at));
                at += Length;
            }
            else
            {
                // The backslash and what it escapes, which may be another one.
                at = Math.Min(at + 2, text.Length);
            }
        }

        return mended ?? json;
    }

    // The character that is escaped as \uXXXX here, or NUL.
    private static char Escaped(ReadOnlySpan<byte> text, int at) =>
        at + Length <= text.Length && text[at] == '\\' && text[at + 1] == 'u'
        && System.Buffers.Text.Utf8Parser.TryParse(text.Slice(at + 2, Length - 2), out ushort code, out int read, 'x') && read == Length - 2
            ? (char)code : '\0';
}
