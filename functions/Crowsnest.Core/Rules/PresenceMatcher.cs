using System.Collections.Frozen;

namespace Crowsnest.Core.Rules;

/// <summary>Asks whether a field has a value (modifier <c>exists</c>, and <c>null</c> as a value).</summary>
internal sealed class PresenceMatcher(Field field, bool present) : Matcher
{
    internal override int Cost => @field.Cost;

    internal override bool IsMatch(EventView view) => field.Exists(view) == present;

    internal override FrozenSet<string>? Required(string field) => null;
}
