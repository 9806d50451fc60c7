namespace Crowsnest.Core.Alerting;

/// <summary>Where an alert leads. What answers it opens a page that asks again: mail scanners follow links.</summary>
/// <param name="Evidence">To the records behind it; null when there are none.</param>
/// <param name="Attack">To say that it was an attack.</param>
/// <param name="Expected">To say that it was meant to happen.</param>
/// <param name="Suppress">To hear no more of it for a while.</param>
public sealed record AlertLinks(Uri? Evidence, Uri Attack, Uri Expected, Uri Suppress)
{
    /// <summary>To the incident's page in the console; null where nobody can sign in there.</summary>
    public Uri? Console { get; init; }
}
