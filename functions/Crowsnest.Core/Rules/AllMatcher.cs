using System.Collections.Frozen;

namespace Crowsnest.Core.Rules;

/// <summary>Matches when every part does.</summary>
internal sealed class AllMatcher(IReadOnlyList<Matcher> parts) : Matcher
{
    internal override bool IsMatch(EventView view)
    {
        for (int i = 0; i < parts.Count; i++)
        {
            if (!parts[i].IsMatch(view))
            {
                return false;
            }
        }

        return true;
    }

    internal override FrozenSet<string>? Required(string field) =>
        parts.Select(part => part.Required(field)).Where(static set => set is not null).MinBy(static set => set!.Count);
}
