namespace Crowsnest.Core.Activity;

/// <summary>What is counted together.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Correlation">Id of the correlation that asks.</param>
/// <param name="Rule">Id of its rule that matched.</param>
/// <param name="Group">Values of the fields it groups by, kept apart by <see cref="Separator"/>.</param>
public readonly record struct ActivityKey(string Cluster, string Correlation, string Rule, string Group)
{
    public const char Separator = '\u001f';
}
