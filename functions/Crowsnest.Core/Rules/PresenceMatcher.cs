using System.Collections.Frozen;

namespace Crowsnest.Core.Rules;

/// <summary>Asks whether a field has a value (modifier <c>exists</c>, and <c>null</c> as a value).</summary>
internal sealed class PresenceMatcher(string name, Field source, bool present) : Matcher
{
    private static readonly FrozenSet<string> Nothing = FrozenSet.ToFrozenSet([""]);

    internal override int Cost => source.Cost;

    internal override bool IsStable => source.IsStable;

    internal override bool IsMatch(EventView view) => source.Exists(view) == present;

    internal override void Explain(EventView view, List<MatchedField> fields) =>
        fields.Add(new MatchedField(name, present ? MatchedField.Present : MatchedField.Absent, source.IsBody));

    internal override bool MustMatch((string Field, string Value)[] known) => !present
        && Array.Exists(known, one => string.Equals(one.Field, name, StringComparison.Ordinal) && one.Value.Length == 0);

    internal override FrozenSet<string>? Required(string field) =>
        present ? source.Scope.Of(field) : string.Equals(name, field, StringComparison.Ordinal) ? Nothing : null;
}
