using System.Collections.Frozen;

namespace Crowsnest.Core.Rules;

/// <summary>Compares one field with values.</summary>
/// <param name="name">The field's name.</param>
/// <param name="field">Where its values come from.</param>
/// <param name="tests">One test for each value of the rule.</param>
/// <param name="all">True when all tests must pass (modifier <c>all</c>), else one is enough.</param>
/// <param name="literals">The plain values in lower case when every test is a plain comparison, else null.</param>
internal sealed class FieldMatcher(
    string name,
    Field field,
    IReadOnlyList<Func<FieldValue, bool>> tests,
    bool all,
    FrozenSet<string>? literals) : Matcher
{
    private readonly Func<FieldValue, bool> _any = value =>
    {
        for (int i = 0; i < tests.Count; i++)
        {
            if (tests[i](value))
            {
                return true;
            }
        }

        return false;
    };

    internal override int Cost => @field.Cost + tests.Count;

    internal override bool IsMatch(EventView view)
    {
        if (!all)
        {
            return field.Any(view, _any);
        }

        for (int i = 0; i < tests.Count; i++)
        {
            if (!field.Any(view, tests[i]))
            {
                return false;
            }
        }

        return true;
    }

    internal override FrozenSet<string>? Required(string field) =>
        !all && string.Equals(name, field, StringComparison.Ordinal) ? literals : null;
}
