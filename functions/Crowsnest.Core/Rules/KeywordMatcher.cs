using System.Collections.Frozen;

namespace Crowsnest.Core.Rules;

/// <summary>Looks for words anywhere in the event; one is enough unless the list has the modifier <c>all</c>.</summary>
internal sealed class KeywordMatcher(IReadOnlyList<Func<FieldValue, bool>> tests) : Matcher
{
    internal override int Cost => 1_000;

    internal override bool IsStable => false;

    internal override bool IsMatch(EventView view)
    {
        FieldValue text = FieldValue.Of(view.Text);
        for (int i = 0; i < tests.Count; i++)
        {
            if (!tests[i](text))
            {
                return false;
            }
        }

        return true;
    }

    internal override FrozenSet<string>? Required(string field) => null;
}
