namespace Crowsnest.Azure.Investigation;

/// <summary>Where an event stands in the compacted archive.</summary>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Time">Its time.</param>
/// <param name="AuditId">Its auditID.</param>
internal readonly record struct RecordKey(string Cluster, DateTimeOffset Time, string AuditId);
