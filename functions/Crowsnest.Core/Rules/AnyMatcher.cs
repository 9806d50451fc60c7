using System.Collections.Frozen;

namespace Crowsnest.Core.Rules;

/// <summary>Matches when any part does; the cheap ones are asked first.</summary>
internal sealed class AnyMatcher(IReadOnlyList<Matcher> parts) : Matcher
{
    internal Matcher[] Parts { get; } = [.. parts.OrderBy(static part => part.Cost)];

    internal override int Cost => Parts.Sum(static part => part.Cost);

    internal override bool IsStable { get; } = parts.All(static part => part.IsStable);

    internal override bool MayMatch(EventView view)
    {
        foreach (Matcher part in Parts)
        {
            if (part.MayMatch(view))
            {
                return true;
            }
        }

        return false;
    }

    internal override bool IsMatch(EventView view)
    {
        foreach (Matcher part in Parts)
        {
            if (part.IsMatch(view))
            {
                return true;
            }
        }

        return false;
    }

    internal override void Explain(EventView view, List<MatchedField> fields) =>
        Array.Find(Parts, part => part.IsMatch(view))?.Explain(view, fields);

    internal override FrozenSet<string>? Required(string field)
    {
        List<FrozenSet<string>?> sets = [.. Parts.Select(part => part.Required(field))];
        return sets.Contains(null) ? null : sets.SelectMany(static set => set!).ToFrozenSet();
    }

    internal override IEnumerable<string> Named(string field) => Parts.SelectMany(part => part.Named(field));

    internal override bool CanMatch((string Field, string Value)[] known) => Array.Exists(Parts, part => part.CanMatch(known));

    internal override bool MustMatch((string Field, string Value)[] known) => Array.Exists(Parts, part => part.MustMatch(known));
}
