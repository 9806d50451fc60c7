namespace Crowsnest.Cli.Evaluation;

/// <summary>What is known of an event.</summary>
/// <param name="AuditID">The event.</param>
/// <param name="Scenario">The scenario that caused it.</param>
/// <param name="Malicious">True for an attacker's own requests.</param>
/// <param name="Induced">True for a controller's reaction to them.</param>
internal sealed record LabelledEvent(string AuditID, string Scenario, bool Malicious, bool Induced);
