using System.Collections.Frozen;

namespace Crowsnest.Core.Rules;

/// <summary>Matches when its part does not.</summary>
internal sealed class NotMatcher(Matcher part) : Matcher
{
    internal Matcher Part => part;

    internal override int Cost => part.Cost;

    internal override bool IsStable { get; } = part.IsStable;

    internal override bool IsMatch(EventView view) => !part.IsMatch(view);

    internal override FrozenSet<string>? Required(string field) => null;

    internal override IEnumerable<string> Named(string field) => part.Named(field);

    internal override bool CanMatch((string Field, string Value)[] known) => !part.MustMatch(known);

    internal override bool MustMatch((string Field, string Value)[] known) => !part.CanMatch(known);
}
