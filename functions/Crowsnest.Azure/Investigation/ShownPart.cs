namespace Crowsnest.Azure.Investigation;

/// <summary>A part of a line of a cell as people see it.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Column">The column that it is of; empty for what stands between.</param>
public sealed record ShownPart(string Text, string Column);
