using System.Numerics;

namespace Crowsnest.Core.Features;

/// <summary>
/// Counts traits by hour, whatever order events come in. Stretches of time, folds, are kept apart so that each can be left
/// out: a model must be measured on events that its profile has not seen.
/// </summary>
/// <param name="foldHours">Length of a fold in hours, 1 to 24.</param>
public sealed class ProfileBuilder(int foldHours = 24)
{
    // Credentials, shells, and grants of power, as Policy.Sensitivity weighs them.
    private const float SensitiveFrom = 0.9f;

    private readonly Dictionary<(ulong Key, int Fold), uint> _hours = [];
    private readonly Dictionary<ulong, ulong> _contextOf = [];
    private readonly HashSet<ulong> _sensitive = [];

    /// <summary>
    /// Counts an event's traits in its hour. Of a denied one only what was tried is counted, and apart: nothing that is
    /// allowed becomes normal by being denied.
    /// </summary>
    public void Add(EventTraits traits)
    {
        int fold = FoldOf(traits.Time);
        uint hour = 1u << (int)(HourOf(traits.Time) % foldHours);
        bool isSensitive = traits.Sensitivity >= SensitiveFrom;
        for (int i = 0; i < traits.Terms.Length; i++)
        {
            Term term = traits.Terms[i];
            if (!term.IsPresent || (traits.IsDenied && !((TraitName)i).IsTried()))
            {
                continue;
            }

            term = traits.IsDenied ? term.Denied : term;
            Count(term.Fleet, term.Value, fold, hour);
            Count(term.Peer, term.Value, fold, hour);
            if (term.Principal != term.Peer)
            {
                Count(term.Principal, term.Value, fold, hour);
            }

            if (isSensitive && ((TraitName)i).IsDone())
            {
                _sensitive.Add(TraitHasher.Join(term.Fleet, term.Value));
                _sensitive.Add(TraitHasher.Join(term.Peer, term.Value));
                _sensitive.Add(TraitHasher.Join(term.Principal, term.Value));
            }
        }
    }

    /// <summary>Makes the profile of all folds, or of all but one.</summary>
    /// <param name="without">The fold to leave out, as <see cref="FoldOf"/> gives it, or null.</param>
    /// <param name="fewestFolds">Folds in which a value must occur before it counts: what came once may be an attacker's.</param>
    /// <param name="fewestSensitiveFolds">The same for actions that give power away, which repetition alone must not excuse.</param>
    public Profile Build(int? without = null, int fewestFolds = 1, int fewestSensitiveFolds = 1)
    {
        Dictionary<ulong, int> hours = [];
        Dictionary<ulong, int> folds = [];
        foreach (((ulong key, int fold), uint mask) in _hours)
        {
            if (fold != without)
            {
                hours[key] = hours.GetValueOrDefault(key) + BitOperations.PopCount(mask);
                folds[key] = folds.GetValueOrDefault(key) + 1;
            }
        }

        Dictionary<ulong, int> values = [];
        Dictionary<ulong, ContextCount> contexts = [];
        foreach ((ulong key, int count) in hours)
        {
            if (_contextOf.TryGetValue(key, out ulong context)
                && folds[key] >= (_sensitive.Contains(key) ? fewestSensitiveFolds : fewestFolds))
            {
                values.Add(key, count);
                ContextCount total = contexts.GetValueOrDefault(context);
                contexts[context] = new(total.Total + count, total.Values + 1, hours[context]);
            }
        }

        return new Profile(values, contexts);
    }

    /// <summary>The fold that a time falls into.</summary>
    public int FoldOf(DateTimeOffset time) => (int)(HourOf(time) / foldHours);

    private static long HourOf(DateTimeOffset time) => time.ToUnixTimeSeconds() / 3600;

    private void Count(ulong context, ulong value, int fold, uint hour)
    {
        ulong key = TraitHasher.Join(context, value);
        _contextOf.TryAdd(key, context);
        Mark(key, fold, hour);
        Mark(context, fold, hour);
    }

    private void Mark(ulong key, int fold, uint hour)
    {
        ref uint mask = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(
            _hours, (key, fold), out _);
        mask |= hour;
    }
}
