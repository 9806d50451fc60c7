namespace Crowsnest.Core.Alerting;

/// <summary>Where the reader of an alert can answer it. Each opens a page that asks again: mail scanners follow links.</summary>
/// <param name="Attack">To say that it was an attack.</param>
/// <param name="Expected">To say that it was meant to happen.</param>
/// <param name="Suppress">To hear no more of it for a while.</param>
public sealed record AlertLinks(Uri Attack, Uri Expected, Uri Suppress);
