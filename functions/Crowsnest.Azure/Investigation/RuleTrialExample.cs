namespace Crowsnest.Azure.Investigation;

/// <summary>A request that a rule matches.</summary>
/// <param name="Time">Event time, UTC.</param>
/// <param name="Cluster">The cluster.</param>
/// <param name="Principal">Who asked.</param>
/// <param name="AuditId">The request's id.</param>
public sealed record RuleTrialExample(DateTimeOffset Time, string Cluster, string Principal, string AuditId);
