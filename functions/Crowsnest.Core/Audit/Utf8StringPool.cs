using System.Text;

namespace Crowsnest.Core.Audit;

/// <summary>
/// Gives one string for equal UTF-8 texts that recur (user names, verbs, resources). A direct-mapped table: a newcomer
/// replaces what stood in its place, so memory stays bounded whatever comes in. Not thread-safe.
/// </summary>
public sealed class Utf8StringPool
{
    private const int Slots = 1 << 14;
    private const int LongestPooled = 256;

    private readonly string?[] _slots = new string?[Slots];

    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            return "";
        }

        if (utf8.Length > LongestPooled)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        ref string? slot = ref _slots[SpanHash.Of(utf8) % Slots];
        if (slot is null || !Ascii.Equals(utf8, slot))
        {
            // Ascii.Equals is false for text beyond ASCII, which is then simply not shared.
            slot = Encoding.UTF8.GetString(utf8);
        }

        return slot;
    }
}
