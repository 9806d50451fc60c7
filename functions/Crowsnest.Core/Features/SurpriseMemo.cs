namespace Crowsnest.Core.Features;

/// <summary>
/// Remembers the surprise of terms: a principal's network, client and namespaces hardly ever change, and looking one up takes
/// seven dictionary reads. Belongs to one profile. Direct-mapped, so memory stays bounded. Not thread-safe.
/// </summary>
public sealed class SurpriseMemo(Profile profile)
{
    private const int Slots = 1 << 14;

    private readonly Entry[] _slots = new Entry[Slots];

    /// <summary>The surprise of a term that is present, in bits.</summary>
    /// <param name="term">The term.</param>
    /// <param name="isNew">True when the first context never had the value.</param>
    /// <param name="isUnknown">True when nothing at all is known of the first context.</param>
    internal float Surprise(in Term term, out bool isNew, out bool isUnknown)
    {
        ref Entry entry = ref _slots[(term.Principal ^ term.Value) % Slots];
        if (entry.Context != term.Principal || entry.Value != term.Value)
        {
            entry = new Entry(
                term.Principal,
                term.Value,
                (float)profile.Surprise(term),
                profile.HoursWith(term.Principal, term.Value) == 0,
                profile.ActiveHours(term.Principal) == 0);
        }

        isNew = entry.IsNew;
        isUnknown = entry.IsUnknown;
        return entry.Bits;
    }

    private readonly record struct Entry(ulong Context, ulong Value, float Bits, bool IsNew, bool IsUnknown);
}
