using Crowsnest.Core.Activity;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Features;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Rules;

namespace Crowsnest.Learning;

/// <summary>
/// Collects the events to learn from. Events with equal traits in the same hour count once, as they do in profiles, which
/// keeps a week of a cluster in memory. Not thread-safe.
/// </summary>
public sealed partial class TrainingSet
{
    private readonly Dictionary<ulong, TrainingRow> _rows = [];
    private readonly Dictionary<(TraitName Trait, ulong Context, ulong Value), string> _said = [];
    private readonly HashSet<string> _principals = new(StringComparer.Ordinal);
    private readonly HashSet<RequestKey> _requests = [];
    private readonly HashSet<long> _hours = [];
    private readonly EventTraits _traits = new();
    private readonly TraitHasher _hasher;
    private readonly TraitReader _reader;

    private readonly ActivityTally _activity;

    /// <summary>Makes an empty set.</summary>
    /// <param name="hashKey">Key of the hashes in the profile.</param>
    /// <param name="rules">The rules whose correlations want to know what is usual, or null.</param>
    public TrainingSet(byte[] hashKey, RuleSet? rules = null)
        : this(new TraitHasher(hashKey), new ActivityTally(rules ?? RuleSet.Empty))
    {
    }

    private TrainingSet(TraitHasher hasher, ActivityTally activity) =>
        (_hasher, _reader, _activity) = (hasher, new TraitReader(hasher), activity);

    /// <summary>Requests taken in.</summary>
    public int Events { get; private set; }

    public int Principals => _principals.Count;

    public int Hours => _hours.Count;

    public DateTimeOffset From { get; private set; } = DateTimeOffset.MaxValue;

    public DateTimeOffset To { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>What is usual for the correlations that count.</summary>
    internal ActivityHistory Usual => _activity.ToHistory();

    /// <summary>The distinct traits, and whether a profile may learn them.</summary>
    internal IReadOnlyCollection<TrainingRow> Rows => _rows.Values;

    /// <summary>Takes in an event. One without an outcome, and a request that was taken in before, add nothing.</summary>
    /// <param name="audit">The event.</param>
    /// <param name="alerted">True when the event gave rise to an alert: it is measured, but never becomes normal.</param>
    public void Add(AuditEvent audit, bool alerted)
    {
        if (IsLearnable(audit) && _requests.Add(RequestKey.Of(audit)))
        {
            AddNew(audit, alerted);
        }
    }

    /// <summary>True for events that say how a request ended: the others add nothing.</summary>
    public static bool IsLearnable(AuditEvent audit) => audit.HasOutcome && audit.Time != default;

    /// <summary>Takes in an event that the caller knows to be learnable, and the first of its request.</summary>
    /// <returns>The row that it counts to.</returns>
    internal TrainingRow AddNew(AuditEvent audit, bool alerted)
    {
        using EventView view = new(audit);
        _reader.Read(view, _traits);
        _activity.Add(view);
        Events++;
        From = audit.Time < From ? audit.Time : From;
        To = audit.Time > To ? audit.Time : To;
        _principals.Add(_traits.Principal);
        _hours.Add(audit.Time.ToUnixTimeSeconds() / 3600);
        ulong key = KeyOf(_traits, alerted);
        if (_rows.TryGetValue(key, out TrainingRow? row))
        {
            row.Earlier(audit.Time);
        }
        else
        {
            Say(TraitName.Action, $"{_traits.Principal}: {TraitText.Action(audit)}");
            Say(TraitName.Network, $"{_traits.Principal}: from {NetworkPrefix.Of(audit.ClientAddress)}");
            _rows.Add(key, row = new TrainingRow(_traits.Copy(), key, !alerted));
        }

        return row;
    }

    // Tells events with equal traits of one hour from all others.
    private static ulong KeyOf(EventTraits traits, bool alerted)
    {
        ulong key = TraitHasher.Join((ulong)(traits.Time.ToUnixTimeSeconds() / 3600), alerted ? 2UL : 1UL);
        foreach (Term term in traits.Terms)
        {
            key = TraitHasher.Join(key, TraitHasher.Join(term.Principal, term.Value));
        }

        foreach (float number in traits.Numbers)
        {
            key = TraitHasher.Join(key, BitConverter.SingleToUInt32Bits(number));
        }

        return key;
    }

    /// <summary>
    /// Takes in what another set took in, of other hours or of the same: the sets of all hours together train the same model
    /// as one set of everything.
    /// </summary>
    /// <param name="other">A set with the same hash key, of which no request is in this one.</param>
    public void Merge(TrainingSet other)
    {
        Events += other.Events;
        From = other.From < From ? other.From : From;
        To = other.To > To ? other.To : To;
        _principals.UnionWith(other._principals);
        _requests.UnionWith(other._requests);
        _hours.UnionWith(other._hours);
        _activity.Merge(other._activity);
        foreach (((TraitName, ulong, ulong) key, string said) in other._said)
        {
            _said.TryAdd(key, said);
        }

        foreach ((ulong key, TrainingRow row) in other._rows)
        {
            if (_rows.TryGetValue(key, out TrainingRow? own))
            {
                own.Earlier(row.Traits.Time);
            }
            else
            {
                _rows.Add(key, row);
            }
        }
    }

    /// <summary>The part of the set before a time, and the part from then on.</summary>
    internal (TrainingSet Before, IReadOnlyList<EventTraits> From) Split(DateTimeOffset time)
    {
        TrainingSet before = new(_hasher, new ActivityTally(RuleSet.Empty)) { From = From, To = time };
        foreach ((ulong key, TrainingRow row) in _rows.Where(pair => pair.Value.Traits.Time < time))
        {
            before._rows.Add(key, row);
            before._principals.Add(row.Traits.Principal);
            before._hours.Add(row.Traits.Time.ToUnixTimeSeconds() / 3600);
        }

        return (before, [.. _rows.Values.Select(static row => row.Traits).Where(traits => traits.Time >= time)]);
    }

    /// <summary>What one profile takes for usual and another does not, in words; models hold no names.</summary>
    internal IReadOnlyList<string> Newly(Profile accepting, Profile before) =>
    [
        .. _said.Where(pair => accepting.HoursWith(pair.Key.Context, pair.Key.Value) > 0
                && before.HoursWith(pair.Key.Context, pair.Key.Value) == 0)
            .Select(pair => $"{pair.Value} ({accepting.HoursWith(pair.Key.Context, pair.Key.Value)} hours)")
            .Order(StringComparer.Ordinal),
    ];

    private void Say(TraitName trait, string what)
    {
        Term term = _traits.Terms[(int)trait];
        if (term.IsPresent && !_traits.IsDenied)
        {
            _said.TryAdd((trait, term.Principal, term.Value), what);
        }
    }
}
