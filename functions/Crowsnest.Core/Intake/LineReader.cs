using Crowsnest.Core.Json;

namespace Crowsnest.Core.Intake;

/// <summary>Reads lines that have a prefix before the JSON, and joins those that a container runtime cut.</summary>
internal readonly struct LineReader(WrapperReader wrappers)
{
    /// <summary>Reads the line that starts here, with those that go on with it.</summary>
    /// <returns>True when it gave a record; <paramref name="after"/> is then where to go on.</returns>
    internal bool TryRead(ReadOnlyMemory<byte> body, int start, Wrapping around, IntakeBatch batch, out int after)
    {
        after = LineEnd(body.Span, start);
        ReadOnlyMemory<byte> line = body[start..after];
        if (CriLine.TryRead(line.Span, out CriLine cri) && cri.IsPartial)
        {
            line = Join(body, start, cri, batch, out after);
        }

        int json = LinePrefix.JsonStart(line.Span);
        if (json < 0)
        {
            return false;
        }

        // Printed over lines, the object goes on below; otherwise a line that is cut costs the next ones nothing.
        bool isOpen = JsonSyntax.SkipWhiteSpace(line.Span, json + 1) == line.Length;
        if (isOpen && JsonSkipper.End(body.Span, start + json) is > 0 and int end)
        {
            after = LineEnd(body.Span, end);
            line = body[start..after];
        }

        around = around with { Raw = line, Time = LinePrefix.TryTime(line.Span, out DateTimeOffset time) ? time : around.Time };
        return wrappers.Read(line, around, batch) || wrappers.Salvage(line, around, batch);
    }

    /// <summary>True when the first line has a prefix, such as a time in brackets.</summary>
    internal static bool IsPrefixed(ReadOnlySpan<byte> rest) => LinePrefix.JsonStart(rest[..LineEnd(rest, 0)]) > 0;

    /// <summary>Length of what can't be read, up to a line that begins with JSON or with a prefix of it; -1 when none does.</summary>
    internal static int UntilNext(ReadOnlySpan<byte> rest)
    {
        for (int end = LineEnd(rest, 0); end + 1 < rest.Length; end = LineEnd(rest, end + 1))
        {
            // In JSON lines the next value starts at the beginning of a line; inside a broken document lines are indented.
            ReadOnlySpan<byte> next = rest[(end + 1)..];
            if (next[0] is (byte)'{' or (byte)'[')
            {
                return end;
            }

            ReadOnlySpan<byte> line = rest[(end + 1)..LineEnd(rest, end + 1)];
            if (WrapperReader.MayHoldEvent(line) && LinePrefix.JsonStart(line) > 0)
            {
                return end;
            }
        }

        return -1;
    }

    // The first line's prefix, and the text of all of them.
    private static ReadOnlyMemory<byte> Join(ReadOnlyMemory<byte> body, int start, CriLine cri, IntakeBatch batch, out int after)
    {
        ReadOnlySpan<byte> bytes = body.Span;
        after = LineEnd(bytes, start);
        int length = after - start;
        List<(int Start, int End)> more = [];
        for (int next = after + 1; cri.IsPartial && next < bytes.Length; next = after + 1)
        {
            int end = LineEnd(bytes, next);
            if (!CriLine.TryRead(bytes[next..end], out CriLine line) || line.IsError != cri.IsError)
            {
                break;
            }

            cri = line;
            more.Add((next + line.Text, end));
            length += end - next - line.Text;
            after = end;
        }

        Memory<byte> joined = batch.Take(length);
        int written = LineEnd(bytes, start) - start;
        bytes.Slice(start, written).CopyTo(joined.Span);
        foreach ((int from, int to) in more)
        {
            bytes[from..to].CopyTo(joined.Span[written..]);
            written += to - from;
        }

        return batch.Keep(written);
    }

    private static int LineEnd(ReadOnlySpan<byte> bytes, int start)
    {
        int length = bytes[start..].IndexOf((byte)'\n');
        return length < 0 ? bytes.Length : start + length;
    }
}
