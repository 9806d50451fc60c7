using System.Collections.Frozen;

namespace Crowsnest.Core.Rules;

/// <summary>Matches when every part does. Parts that are conjunctions themselves are taken apart, and the cheap asked first.</summary>
internal sealed class AllMatcher(IReadOnlyList<Matcher> parts) : Matcher
{
    private readonly Matcher[] _parts = [.. parts.SelectMany(Flatten).OrderBy(static part => part.Cost)];

    private readonly Matcher[] _unstable =
        [.. parts.SelectMany(Flatten).Where(static part => !part.IsStable).OrderBy(static part => part.Cost)];

    internal override int Cost => _parts.Sum(static part => part.Cost);

    internal override bool IsStable { get; } = parts.All(static part => part.IsStable);

    internal override bool MayMatch(EventView view)
    {
        foreach (Matcher part in _parts)
        {
            if (!part.MayMatch(view))
            {
                return false;
            }
        }

        return true;
    }

    internal override bool Completes(EventView view)
    {
        foreach (Matcher part in _unstable)
        {
            if (!part.IsMatch(view))
            {
                return false;
            }
        }

        return true;
    }

    internal override bool IsMatch(EventView view)
    {
        foreach (Matcher part in _parts)
        {
            if (!part.IsMatch(view))
            {
                return false;
            }
        }

        return true;
    }

    internal override void Explain(EventView view, List<MatchedField> fields)
    {
        foreach (Matcher part in _parts)
        {
            part.Explain(view, fields);
        }
    }

    internal override FrozenSet<string>? Required(string field) =>
        _parts.Select(part => part.Required(field)).Where(static set => set is not null).MinBy(static set => set!.Count);

    internal override IEnumerable<string> Named(string field) => _parts.SelectMany(part => part.Named(field));

    internal override bool CanMatch((string Field, string Value)[] known) => Array.TrueForAll(_parts, part => part.CanMatch(known));

    internal override bool MustMatch((string Field, string Value)[] known) => Array.TrueForAll(_parts, part => part.MustMatch(known));

    // "not (a or b)" is "not a and not b": a filter that costs little need not wait for one that reads a body.
    private static IEnumerable<Matcher> Flatten(Matcher matcher) => matcher switch
    {
        AllMatcher all => all._parts,
        NotMatcher { Part: AnyMatcher any } => any.Parts.Select(static part => new NotMatcher(part)).SelectMany(Flatten),
        _ => [matcher],
    };
}
