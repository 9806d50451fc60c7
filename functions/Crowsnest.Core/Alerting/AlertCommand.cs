namespace Crowsnest.Core.Alerting;

/// <summary>A command for the analyst to copy. Crowsnest never runs it.</summary>
/// <param name="Why">What it shows or does.</param>
/// <param name="Line">The command, its words quoted for a shell.</param>
public sealed record AlertCommand(string Why, string Line);
