using System.Collections.Frozen;

namespace Crowsnest.Core.Rules;

/// <summary>A node of a compiled condition.</summary>
internal abstract class Matcher
{
    internal abstract bool IsMatch(EventView view);

    /// <summary>Says which fields made it match. Asked only of what matches; what must not hold has nothing to say.</summary>
    internal virtual void Explain(EventView view, List<MatchedField> fields)
    {
    }

    /// <summary>
    /// True when the answer follows from who does what to which kind of object with what outcome, and so is the same for
    /// every event that repeats it; false when it takes the object's name, the URL, the body or the event's text.
    /// </summary>
    internal abstract bool IsStable { get; }

    /// <summary>False when the stable parts alone say that the event can't match.</summary>
    internal virtual bool MayMatch(EventView view) => !IsStable || IsMatch(view);

    /// <summary>Says whether an event matches of which <see cref="MayMatch"/> was true: its stable parts are not asked again.</summary>
    internal virtual bool Completes(EventView view) => IsStable || IsMatch(view);

    /// <summary>What asking costs, compared with others; the cheap ones are asked first.</summary>
    internal abstract int Cost { get; }

    /// <summary>
    /// The values of which the field must have one for this node to match (lower case), or null when it may have any. The
    /// index picks candidate rules by them.
    /// </summary>
    internal abstract FrozenSet<string>? Required(string field);

    /// <summary>The values of the field that <see cref="CanMatch"/> tells from others.</summary>
    internal virtual IEnumerable<string> Named(string field) => Required(field) ?? [];

    /// <summary>False when an event with these values, whatever else it has, can't match.</summary>
    /// <param name="known">Fields and their values in lower case; any text that no rule names stands for those that none does.</param>
    internal virtual bool CanMatch((string Field, string Value)[] known) =>
        Array.TrueForAll(known, one => Required(one.Field)?.Contains(one.Value) ?? true);

    /// <summary>True when an event with these values matches, whatever else it has.</summary>
    internal virtual bool MustMatch((string Field, string Value)[] known) => false;
}
