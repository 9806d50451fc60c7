using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Alerting;

/// <summary>An incident in a digest.</summary>
/// <param name="Severity">Its severity.</param>
/// <param name="Cluster">The cluster.</param>
/// <param name="Title">What happened.</param>
/// <param name="Alerts">How many alerts there were about it.</param>
/// <param name="Id">Its id.</param>
/// <param name="Day">The day on which it began.</param>
public sealed record DigestIncident(Severity Severity, string Cluster, string Title, int Alerts, string Id, DateOnly Day);
