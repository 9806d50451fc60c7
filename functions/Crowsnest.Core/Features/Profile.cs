namespace Crowsnest.Core.Features;

/// <summary>
/// What is normal: in how many distinct hours each value of each trait occurred, by principal, by class and for everyone.
/// Hours, not events: a poller must not drown a person, and a burst counts once.
/// </summary>
public sealed class Profile(
    IReadOnlyDictionary<ulong, int> values,
    IReadOnlyDictionary<ulong, ContextCount> contexts)
{
    // The last resort for a value nobody has ever had: one of this many that could have been.
    private const double Unseen = 1.0 / 4096;

    public static Profile Empty { get; } = new(new Dictionary<ulong, int>(), new Dictionary<ulong, ContextCount>());

    /// <summary>Distinct hours by hash of context and value.</summary>
    public IReadOnlyDictionary<ulong, int> Values { get; } = values;

    /// <summary>Totals by context.</summary>
    public IReadOnlyDictionary<ulong, ContextCount> Contexts { get; } = contexts;

    /// <summary>The surprise of a term in bits, -log2 of its interpolated Witten-Bell probability; 0 when it is absent.</summary>
    public double Surprise(in Term term)
    {
        if (!term.IsPresent)
        {
            return 0;
        }

        double probability = Interpolate(term.Fleet, term.Value, Unseen);
        probability = Interpolate(term.Peer, term.Value, probability);
        if (term.Principal != term.Peer)
        {
            probability = Interpolate(term.Principal, term.Value, probability);
        }

        return -Math.Log2(probability);
    }

    /// <summary>Hours in which the context had the value.</summary>
    public int HoursWith(ulong context, ulong value) => Values.GetValueOrDefault(TraitHasher.Join(context, value));

    /// <summary>Hours in which the context was active.</summary>
    public int ActiveHours(ulong context) => Contexts.GetValueOrDefault(context).Hours;

    private double Interpolate(ulong context, ulong value, double backOff)
    {
        ContextCount count = Contexts.GetValueOrDefault(context);
        return count.Total == 0
            ? backOff
            : (HoursWith(context, value) + (count.Values * backOff)) / (count.Total + count.Values);
    }
}
