namespace Crowsnest.Core.Alerting;

/// <summary>A suppression in a digest.</summary>
/// <param name="Suppression">The suppression.</param>
/// <param name="RuleTitle">Title of the rule that it names, or empty.</param>
/// <param name="Incidents">Incidents that it kept from alerting.</param>
/// <param name="Findings">Detections of these that it hid.</param>
public sealed record DigestSuppression(Suppression Suppression, string RuleTitle, int Incidents, int Findings);
