using System.Collections.Frozen;

namespace Crowsnest.Core.Rules;

/// <summary>Compares a field with another field (modifier <c>fieldref</c>).</summary>
internal sealed class FieldReferenceMatcher(Field field, Field other) : Matcher
{
    internal override int Cost => @field.Cost + other.Cost;

    internal override bool IsMatch(EventView view) =>
        field.Any(view, value => value.Text is not null && other.Any(
            view,
            otherValue => string.Equals(value.Text, otherValue.Text, StringComparison.OrdinalIgnoreCase)));

    internal override FrozenSet<string>? Required(string field) => null;
}
