using System.Collections.Frozen;

namespace Crowsnest.Core.Rules;

/// <summary>Compares one field with values.</summary>
/// <param name="name">The field's name.</param>
/// <param name="source">Where its values come from.</param>
/// <param name="tests">The tests; see <see cref="ValueTest.Compile(IReadOnlyList{string}, IReadOnlyCollection{string})"/>.</param>
/// <param name="negate">True to look for a value that passes none of them (modifier <c>neq</c>).</param>
/// <param name="literals">The plain values in lower case when every test is a plain comparison, else null.</param>
internal sealed class FieldMatcher(
    string name,
    Field source,
    IReadOnlyList<Func<FieldValue, bool>> tests,
    bool negate,
    FrozenSet<string>? literals) : Matcher
{
    private readonly Func<FieldValue, bool>? _none = !negate ? null : value =>
    {
        for (int i = 0; i < tests.Count; i++)
        {
            if (tests[i](value))
            {
                return false;
            }
        }

        return !value.IsNull;
    };

    internal override int Cost => source.Cost + tests.Count;

    internal override bool IsStable => source.IsStable;

    internal override bool MayMatch(EventView view) =>
        source.IsStable ? IsMatch(view) : source.Scope.Covers(view.Event);

    internal override bool IsMatch(EventView view)
    {
        if (_none is not null)
        {
            return source.Any(view, _none);
        }

        for (int i = 0; i < tests.Count; i++)
        {
            if (!source.Any(view, tests[i]))
            {
                return false;
            }
        }

        return tests.Count > 0;
    }

    internal override void Explain(EventView view, List<MatchedField> fields)
    {
        foreach (Func<FieldValue, bool> test in _none is null ? tests : [_none])
        {
            string? text = null;
            source.Any(view, value =>
            {
                text = value.Text;
                return test(value);
            });
            fields.Add(new MatchedField(name, text ?? MatchedField.Present, source.IsBody));
        }
    }

    internal override bool MustMatch((string Field, string Value)[] known) => !negate && literals is not null
        && Array.Exists(known, one => string.Equals(one.Field, name, StringComparison.Ordinal) && literals.Contains(one.Value));

    internal override FrozenSet<string>? Required(string field) =>
        !negate && string.Equals(name, field, StringComparison.Ordinal) ? literals : source.Scope.Of(field);
}
