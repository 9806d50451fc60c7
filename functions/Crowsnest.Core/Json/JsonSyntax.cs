namespace Crowsnest.Core.Json;

/// <summary>The signs between values: white space, commas, names and colons.</summary>
internal static class JsonSyntax
{
    internal static int SkipWhiteSpace(ReadOnlySpan<byte> json, int start)
    {
        while (start < json.Length && json[start] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            start++;
        }

        return start;
    }

    /// <summary>Reads a property's name.</summary>
    /// <param name="json">The input.</param>
    /// <param name="start">Where the name should start.</param>
    /// <param name="name">Receives the name, escapes and all.</param>
    /// <returns>The index of the value behind the colon, or -1 when there is none.</returns>
    internal static int NameEnd(ReadOnlySpan<byte> json, int start, out ReadOnlySpan<byte> name)
    {
        name = default;
        int end = json[start] == (byte)'"' ? JsonSkipper.StringEnd(json, start + 1) : -1;
        if (end < 0)
        {
            return -1;
        }

        name = json[(start + 1)..(end - 1)];
        int colon = SkipWhiteSpace(json, end);
        int value = colon < json.Length && json[colon] == (byte)':' ? SkipWhiteSpace(json, colon + 1) : json.Length;
        return value < json.Length ? value : -1;
    }

    /// <summary>Steps over a comma.</summary>
    /// <param name="json">The input.</param>
    /// <param name="start">The index behind an item.</param>
    /// <param name="close">The bracket that may stand there instead of a comma.</param>
    /// <returns>Where the next item or the bracket stands, or the end of the input; -1 when something else does.</returns>
    internal static int AfterComma(ReadOnlySpan<byte> json, int start, byte close)
    {
        int position = SkipWhiteSpace(json, start);
        return position == json.Length || json[position] == close ? position
            : json[position] == (byte)',' ? SkipWhiteSpace(json, position + 1)
            : -1;
    }
}
