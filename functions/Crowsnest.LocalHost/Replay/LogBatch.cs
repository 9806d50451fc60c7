namespace Crowsnest.LocalHost.Replay;

/// <summary>A stretch of a log that ends with a line, or a piece of a line that is too long.</summary>
/// <param name="Bytes">The stretch.</param>
/// <param name="Rest">What was read beyond it.</param>
/// <param name="GoesOn">True when it begins in the middle of a line that was too long.</param>
internal sealed record LogBatch(ReadOnlyMemory<byte> Bytes, ReadOnlyMemory<byte> Rest, bool GoesOn)
{
    // Whoever writes into an event must not be able to make another of its second half.
    private static ReadOnlySpan<byte> Mark => "... "u8;

    /// <summary>
    /// The lines that are not empty. NULs at the start of a line are no part of it: a writer that goes on at its old offset after
    /// its file was truncated leaves a hole there, which reads as NULs.
    /// </summary>
    internal List<ReadOnlyMemory<byte>> Lines()
    {
        List<ReadOnlyMemory<byte>> lines = [];
        ReadOnlyMemory<byte> rest = Bytes;
        while (!rest.IsEmpty)
        {
            int end = rest.Span.IndexOf((byte)'\n');
            ReadOnlyMemory<byte> line = (end < 0 ? rest : rest[..end]).TrimStart((byte)0);
            line = line.Length > 0 && line.Span[^1] == '\r' ? line[..^1] : line;
            if (!line.IsEmpty)
            {
                lines.Add(GoesOn && lines.Count == 0 ? (byte[])[.. Mark, .. line.Span] : line);
            }

            rest = end < 0 ? default : rest[(end + 1)..];
        }

        return lines;
    }

    /// <summary>How much of what was read can be handed over.</summary>
    /// <param name="read">What was read, from the start of a line.</param>
    /// <param name="isEnd">True when the file holds no more.</param>
    /// <param name="toTheEnd">True to take the last line as whole that has no line feed.</param>
    /// <param name="longestLine">A line of this length is cut.</param>
    /// <returns>0 when more has to be read, or written, first.</returns>
    internal static int Cut(ReadOnlySpan<byte> read, bool isEnd, bool toTheEnd, int longestLine)
    {
        if (isEnd)
        {
            return toTheEnd ? read.Length : read.LastIndexOf((byte)'\n') + 1;
        }

        int lines = read.LastIndexOf((byte)'\n') + 1;
        if (lines > 0 || read.Length >= longestLine)
        {
            return lines > 0 ? lines : read.Length;
        }

        // A hole may be larger than memory.
        int hole = read.IndexOfAnyExcept((byte)0);
        return hole < 0 ? read.Length : hole;
    }
}
