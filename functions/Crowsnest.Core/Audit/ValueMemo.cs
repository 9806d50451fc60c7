namespace Crowsnest.Core.Audit;

/// <summary>
/// Remembers what pieces of JSON were parsed into. Users, targets and annotations recur: finding the same bytes again costs
/// a fifth of parsing them, and allocates nothing. A direct-mapped table, so memory stays bounded. Not thread-safe.
/// </summary>
internal sealed class ValueMemo<T>
    where T : class
{
    private const int Slots = 1 << 12;
    private const int LongestRemembered = 1024;

    private readonly Entry[] _slots = new Entry[Slots];
    private readonly uint[] _seenOnce = new uint[Slots];

    /// <summary>Finds what the bytes were parsed into, or null.</summary>
    /// <param name="json">The bytes.</param>
    /// <param name="slot">Where to remember them if not.</param>
    internal T? Find(ReadOnlySpan<byte> json, out int slot)
    {
        uint hash = SpanHash.Of(json);
        slot = (int)(hash % Slots);
        ref Entry entry = ref _slots[slot];
        return entry.Json is { } known && json.SequenceEqual(known) ? entry.Value : null;
    }

    /// <summary>
    /// Remembers a value when it comes for the second time: what comes once only, such as the name of a pod, is not worth a
    /// copy, and must not push out what recurs.
    /// </summary>
    /// <returns>The value.</returns>
    internal T Remember(int slot, ReadOnlySpan<byte> json, T value)
    {
        uint hash = SpanHash.Of(json);
        if (_seenOnce[slot] == hash && json.Length <= LongestRemembered)
        {
            _slots[slot] = new Entry(json.ToArray(), value);
        }

        _seenOnce[slot] = hash;
        return value;
    }

    private readonly record struct Entry(byte[]? Json, T? Value);
}
