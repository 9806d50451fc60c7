using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Archiving;

/// <summary>
/// Counts rows and sums up what is in them, bytes of the event and place: the same for the same rows in whatever order. What a
/// <see cref="KeySum"/> is made of follows from these, so that a file need not be parsed to find out whether it holds what was written.
/// </summary>
/// <param name="Rows">How many.</param>
/// <param name="Sum">Sum of the rows' hashes, modulo 2^64.</param>
public readonly record struct RowSum(long Rows, ulong Sum)
{
    private const ulong Prime = 0x9E3779B97F4A7C15UL;

    /// <summary>With one more row.</summary>
    /// <param name="microseconds">Its time, since 1970.</param>
    /// <param name="json">The event.</param>
    /// <param name="blob">The raw blob that its record lies in.</param>
    /// <param name="line">The line.</param>
    public RowSum With(long microseconds, ReadOnlySpan<byte> json, ReadOnlySpan<byte> blob, long line)
    {
        // Each part is spread before the next one comes in: else a change of two could cancel out.
        ulong hash = Spread(SpanHash.Of64(json) ^ (ulong)microseconds);
        hash = Spread(hash ^ SpanHash.Of64(blob));
        return new(Rows + 1, unchecked(Sum + Spread(hash ^ (ulong)line)));
    }

    private static ulong Spread(ulong hash)
    {
        hash = unchecked(hash * Prime);
        return hash ^ (hash >> 32);
    }
}
