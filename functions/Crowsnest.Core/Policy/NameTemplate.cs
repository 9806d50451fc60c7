using System.Text.RegularExpressions;

namespace Crowsnest.Core.Policy;

/// <summary>Names that a controller or the server made up: RBAC can't name them, since the next one is another.</summary>
internal static partial class NameTemplate
{
    /// <summary>The name with what is made up replaced by a star, or the name itself.</summary>
    internal static string Of(string name) => Made().Replace(name, "-*");

    // A hash of a pod template and the suffix of generateName (letters that spell nothing), a job's minute, or a hash in hex.
    [GeneratedRegex("(-[a-f0-9]{8,10})?-(?=[a-z]*[0-9])[bcdfghjklmnpqrstvwxz2456789]{5}$|-[0-9]{8,10}$|-(?=[a-f]*[0-9])[a-f0-9]{8,40}$"
        + "|-[bcdfghjklmnpqrstvwxz2456789]{8,10}(-[bcdfghjklmnpqrstvwxz2456789]{5})?$|-[bcdfghjklmnpqrstvwxz2456789]{5}$")]
    private static partial Regex Made();
}
