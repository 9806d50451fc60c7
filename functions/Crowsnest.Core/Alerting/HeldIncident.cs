using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Alerting;

/// <summary>An incident that is told in a summary only.</summary>
/// <param name="At">When it was held back, by the clock.</param>
/// <param name="Severity">Its severity.</param>
/// <param name="Id">Its id.</param>
/// <param name="Title">What happened, in one line.</param>
/// <param name="Kind">What leads it.</param>
public sealed record HeldIncident(DateTimeOffset At, Severity Severity, string Id, string Title, string Kind = "");
