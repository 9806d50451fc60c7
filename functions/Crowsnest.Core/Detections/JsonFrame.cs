namespace Crowsnest.Core.Detections;

/// <summary>An object or array that <see cref="JsonStrings"/> is inside of.</summary>
/// <param name="isObject">True for an object.</param>
/// <param name="outer">The member that it is the value of.</param>
internal sealed class JsonFrame(bool isObject, string outer)
{
    internal bool IsObject => isObject;

    /// <summary>The member whose value is read; of an array the one that it is the value of.</summary>
    internal string Member { get; set; } = isObject ? "" : outer;

    /// <summary>What the member "name" or "key" says, as of a variable.</summary>
    internal string Named { get; set; } = "";

    /// <summary>Where in the output the member "value" stands, or -1.</summary>
    internal int Value { get; set; } = -1;

    /// <summary>The words of a command, and where in the output they stand.</summary>
    internal List<(int Place, string Word)> Words { get; } = [];
}
