using System.Collections.Frozen;

namespace Crowsnest.Core.Rules;

/// <summary>A node of a compiled condition.</summary>
internal abstract class Matcher
{
    internal abstract bool IsMatch(EventView view);

    /// <summary>What asking costs, compared with others; the cheap ones are asked first.</summary>
    internal abstract int Cost { get; }

    /// <summary>
    /// The values of which the field must have one for this node to match (lower case), or null when it may have any. The
    /// index picks candidate rules by them.
    /// </summary>
    internal abstract FrozenSet<string>? Required(string field);
}
