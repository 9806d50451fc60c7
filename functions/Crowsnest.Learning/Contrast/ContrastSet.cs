using Crowsnest.Core.Audit;
using Crowsnest.Core.Features;
using Crowsnest.Core.Rules;

namespace Crowsnest.Learning.Contrast;

/// <summary>
/// Makes events that did not happen: another principal's action, or one that attackers are known for, put into a
/// principal's name, from its own client and address or from another. What they have in common with each other, and the
/// principal's own events lack, is what makes an event suspicious here; nobody has to label an attack for it.
/// </summary>
internal sealed class ContrastSet
{
    // With fewer there is little to put an action into.
    private const int FewestRows = 3;

    private static readonly TraitName[] Done =
    [
        TraitName.Action, TraitName.ActionOfPeers, TraitName.Namespace, TraitName.ActionInNamespace, TraitName.ObjectName,
        TraitName.Outcome, TraitName.ImageRegistry,
    ];

    private static readonly TraitName[] Clients = [TraitName.ClientFamily, TraitName.ClientVersion];
    private static readonly TraitName[] Places = [TraitName.Network, TraitName.Address];

    private readonly EventTraits[][] _principals;
    private readonly ulong[] _namespaces;
    private readonly ILookup<ulong, EventTraits> _byKind;
    private readonly TraitHasher _hasher;
    private readonly TraitReader _reader;
    private readonly Random _random;

    /// <param name="rows">The principals' own events.</param>
    /// <param name="hashKey">Key of the hashes in them.</param>
    /// <param name="seed">Seed; the same rows and seed give the same events.</param>
    internal ContrastSet(IEnumerable<EventTraits> rows, byte[] hashKey, int seed)
    {
        List<EventTraits> all = [.. rows];
        _principals =
        [
            .. all.GroupBy(static row => row.Principal, StringComparer.Ordinal).Select(static group => group.ToArray())
                .Where(static group => group.Length >= FewestRows),
        ];
        _namespaces = [.. all.Select(static row => row.Terms[(int)TraitName.Namespace].Value).Where(static ns => ns != 0).Distinct()];
        _byKind = all.Where(static row => row.Terms[(int)TraitName.ObjectName].IsPresent)
            .ToLookup(static row => row.Terms[(int)TraitName.ActionInNamespace].Fleet);
        _hasher = new TraitHasher(hashKey);
        _reader = new TraitReader(_hasher);
        _random = new Random(seed);
    }

    /// <summary>True when there are principals enough to tell one from another.</summary>
    internal bool IsPossible => _principals.Length > 1 && _namespaces.Length > 0;

    /// <summary>Puts other principals' actions into principals' names.</summary>
    internal IEnumerable<EventTraits> Exchanged(int count)
    {
        for (int i = 0; i < count; i++)
        {
            EventTraits made = AnyRow().Copy();
            EventTraits donor = AnyRow();
            while (donor.Principal == made.Principal)
            {
                donor = AnyRow();
            }

            Put(made, donor);
            Move(made);
            yield return made;
        }
    }

    /// <summary>Puts known attack actions into principals' names.</summary>
    internal IEnumerable<EventTraits> Attacks(IReadOnlyList<SensitiveAction> actions, int count)
    {
        EventTraits donor = new();
        for (int i = 0; i < count; i++)
        {
            SensitiveAction action = actions[_random.Next(actions.Count)];
            EventTraits made = AnyRow().Copy();
            Imitate(action, donor);
            Put(made, donor);
            Move(made);
            yield return made;
        }
    }

    /// <summary>Puts every action into the name of principals of any kind, from where they always come.</summary>
    internal IEnumerable<EventTraits> AttacksInPlace(IReadOnlyList<SensitiveAction> actions, int perAction)
    {
        EventTraits donor = new();
        foreach (SensitiveAction action in actions)
        {
            for (int i = 0; i < perAction; i++)
            {
                EventTraits made = AnyRow().Copy();
                Imitate(action, donor);
                Put(made, donor);
                yield return made;
            }
        }
    }

    // Every principal as often as any other: a poller has a thousand times as many events as a person.
    private EventTraits AnyRow()
    {
        EventTraits[] rows = _principals[_random.Next(_principals.Length)];
        return rows[_random.Next(rows.Length)];
    }

    private void Imitate(SensitiveAction action, EventTraits traits)
    {
        using EventView view = new(action.Event);
        _reader.Read(view, traits);
        Span<Term> terms = traits.Terms;
        ref Term ns = ref terms[(int)TraitName.Namespace];
        ref Term name = ref terms[(int)TraitName.ObjectName];
        if (action.IsNamespaced)
        {
            ns = ns with { Value = _namespaces[_random.Next(_namespaces.Length)] };
        }

        if (name.IsPresent)
        {
            // What is created has a name of its own; what is touched is there already, if the cluster has any.
            EventTraits[] existing = action.Event.Verb == "create" && action.Event.ObjectRef.Subresource.Length == 0
                ? [] : [.. _byKind[KindOf(action)]];
            name = name with { Value = AnyHash() };
            if (existing.Length > 0)
            {
                EventTraits touched = existing[_random.Next(existing.Length)];
                name = name with { Value = touched.Terms[(int)TraitName.ObjectName].Value };
                ns = ns with { Value = touched.Terms[(int)TraitName.Namespace].Value };
            }
        }

        ref Term there = ref terms[(int)TraitName.ActionInNamespace];
        there = there with { Value = TraitHasher.Join(_hasher.Hash(action.Event.Verb), ns.Value) };
    }

    // Objects are known by the context that actions on their kind, not on a part of them, are counted in.
    private ulong KindOf(SensitiveAction action)
    {
        AuditEvent whole = new()
        {
            Verb = action.Event.Verb,
            ObjectRef = action.Event.ObjectRef with { Subresource = "" },
        };
        EventTraits traits = new();
        using EventView view = new(whole);
        _reader.Read(view, traits);
        return traits.Terms[(int)TraitName.ActionInNamespace].Fleet;
    }

    private static void Put(EventTraits principal, EventTraits donor)
    {
        ulong who = principal.Terms[(int)TraitName.Principal].Value;
        foreach (TraitName trait in Done)
        {
            Term term = donor.Terms[(int)trait];
            principal.Terms[(int)trait] = term.IsPresent ? term.Of(trait, who, principal.Peers) : default;
        }

        donor.Numbers.CopyTo(principal.Numbers, 0);
        principal.IsDenied = donor.IsDenied;
    }

    // A third stay in place, a third come from elsewhere, a third from elsewhere with another's client.
    private void Move(EventTraits made)
    {
        int how = _random.Next(3);
        if (how == 0)
        {
            return;
        }

        foreach (TraitName trait in Places)
        {
            ref Term place = ref made.Terms[(int)trait];
            place = place.IsPresent ? place with { Value = AnyHash() } : place;
        }

        if (how == 2)
        {
            EventTraits donor = AnyRow();
            ulong who = made.Terms[(int)TraitName.Principal].Value;
            foreach (TraitName trait in Clients)
            {
                made.Terms[(int)trait] = donor.Terms[(int)trait].Of(trait, who, made.Peers);
            }
        }
    }

    private ulong AnyHash() => (ulong)_random.NextInt64() | 1;
}
