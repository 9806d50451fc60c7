namespace Crowsnest.Core.Intake;

/// <summary>
/// A line of a container's log as runtimes write it (CRI): time, stream, tag, text. They cut what is longer than 16 KiB,
/// which any event with a body may be; the tag tells that the next line goes on.
/// </summary>
/// <param name="IsError">True for stderr, false for stdout.</param>
/// <param name="IsPartial">True when the next line goes on.</param>
/// <param name="Text">Where the text starts.</param>
internal readonly record struct CriLine(bool IsError, bool IsPartial, int Text)
{
    // A time with an offset takes 35.
    private const int LongestTime = 40;

    internal static bool TryRead(ReadOnlySpan<byte> line, out CriLine read)
    {
        read = default;
        int time = line[..Math.Min(line.Length, LongestTime)].IndexOf((byte)' ');
        if (time < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = line[time..];
        bool isError = rest.StartsWith(" stderr "u8);
        if (!isError && !rest.StartsWith(" stdout "u8))
        {
            return false;
        }

        // Tags are parted by colons, and the first says whether the line is whole.
        ReadOnlySpan<byte> tags = rest[8..];
        int blank = tags.IndexOf((byte)' ');
        if (blank < 1 || tags[0] is not ((byte)'P' or (byte)'F') || (blank > 1 && tags[1] != (byte)':'))
        {
            return false;
        }

        read = new(isError, tags[0] == (byte)'P', time + 8 + blank + 1);
        return true;
    }
}
