using Crowsnest.Core.Audit;
using Crowsnest.Core.Json;

namespace Crowsnest.Core.Intake;

/// <summary>
/// What log collectors write before the JSON of a line: a time (CloudWatch's export), a time, stream and tag (container
/// runtimes, CRI), or a header (syslog, RFC 3164 and 5424). Which of them it is need not be known: behind it is an object.
/// </summary>
internal static class LinePrefix
{
    // RFC 5424 bids receivers take 2,048 bytes; of these the header is the smaller part.
    private const int Longest = 1_024;

    /// <summary>Where the object starts behind a prefix; -1 when the line has none.</summary>
    internal static int JsonStart(ReadOnlySpan<byte> line)
    {
        // Lines inside a document that is printed over several begin with white space, a quote or a bracket.
        if (line.IsEmpty || (line[0] is not ((byte)'<' or (byte)'[' or (byte)'@') && !char.IsAsciiLetterOrDigit((char)line[0]))
            || (line[0] == (byte)'[' && (line.Length < 2 || !char.IsAsciiLetterOrDigit((char)line[1]))))
        {
            return -1;
        }

        ReadOnlySpan<byte> head = line[..Math.Min(line.Length, Longest)];
        for (int at = head.IndexOf((byte)'{'); at > 0; at = Next(head, at))
        {
            int first = JsonSyntax.SkipWhiteSpace(line, at + 1);
            if (first == line.Length || line[first] == (byte)'"')
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>The time at the beginning of a prefix.</summary>
    internal static bool TryTime(ReadOnlySpan<byte> line, out DateTimeOffset time)
    {
        ReadOnlySpan<byte> rest = line.TrimStart("[<"u8);
        int blank = rest.IndexOfAny(" \t]"u8);
        time = default;
        return blank > 0 && AuditNames.TryParseTime(rest[..blank], out time);
    }

    private static int Next(ReadOnlySpan<byte> head, int at) =>
        head[(at + 1)..].IndexOf((byte)'{') is >= 0 and int next ? at + 1 + next : -1;
}
