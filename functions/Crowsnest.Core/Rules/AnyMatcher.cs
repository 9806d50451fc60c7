using System.Collections.Frozen;

namespace Crowsnest.Core.Rules;

/// <summary>Matches when any part does.</summary>
internal sealed class AnyMatcher(IReadOnlyList<Matcher> parts) : Matcher
{
    internal override bool IsMatch(EventView view)
    {
        for (int i = 0; i < parts.Count; i++)
        {
            if (parts[i].IsMatch(view))
            {
                return true;
            }
        }

        return false;
    }

    internal override FrozenSet<string>? Required(string field)
    {
        List<FrozenSet<string>?> sets = [.. parts.Select(part => part.Required(field))];
        return sets.Contains(null) ? null : sets.SelectMany(static set => set!).ToFrozenSet();
    }
}
