using System.Collections.Frozen;

namespace Crowsnest.Core.Rules;

/// <summary>Compares a field with another field (modifier <c>fieldref</c>).</summary>
/// <param name="field">The field.</param>
/// <param name="other">The field that it is compared with.</param>
/// <param name="modifiers">May hold one of contains, startswith, endswith, and cased.</param>
internal sealed class FieldReferenceMatcher(Field field, Field other, IReadOnlyCollection<string> modifiers) : Matcher
{
    private readonly Func<string, string, StringComparison, bool> _compare =
        modifiers.Contains("contains") ? static (text, part, how) => text.Contains(part, how)
        : modifiers.Contains("startswith") ? static (text, part, how) => text.StartsWith(part, how)
        : modifiers.Contains("endswith") ? static (text, part, how) => text.EndsWith(part, how)
        : string.Equals;

    private readonly StringComparison _how =
        modifiers.Contains("cased") ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    private readonly bool _negate = modifiers.Contains("neq");

    internal override int Cost => @field.Cost + other.Cost;

    internal override bool IsStable => @field.IsStable && other.IsStable;

    internal override bool IsMatch(EventView view) =>
        field.Any(view, value => value.Text is not null && other.Any(
            view,
            otherValue => otherValue.Text is not null && _compare(value.Text, otherValue.Text, _how) != _negate));

    internal override FrozenSet<string>? Required(string field) => null;
}
