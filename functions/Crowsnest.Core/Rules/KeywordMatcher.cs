using System.Collections.Frozen;

namespace Crowsnest.Core.Rules;

/// <summary>Looks for words anywhere in the event.</summary>
internal sealed class KeywordMatcher(IReadOnlyList<string> keywords) : Matcher
{
    internal override int Cost => 1_000;

    internal override bool IsMatch(EventView view)
    {
        foreach (string keyword in keywords)
        {
            if (view.Text.Contains(keyword, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    internal override FrozenSet<string>? Required(string field) => null;
}
