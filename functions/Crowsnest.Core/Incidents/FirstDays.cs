using Crowsnest.Core.Detections;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Scoring;

namespace Crowsnest.Core.Incidents;

/// <summary>
/// The first days of a cluster, in which nobody's habits are known: any finding may be somebody's daily work (docs/adr/0024). What is
/// critical, or led from one identity to another, is told at once all the same. The rest is told together: after eight hours, and
/// at the end of each day.
/// </summary>
/// <param name="Since">When the cluster was seen first.</param>
/// <param name="Until">When its habits are known.</param>
public sealed record FirstDays(DateTimeOffset Since, DateTimeOffset Until)
{
    /// <summary>How many there are when nobody sets another number: a habit shows after three.</summary>
    public const int Default = Habits.FewestDays;

    // A working shift: what the first people do is told while they are there.
    private static readonly TimeSpan FirstPart = TimeSpan.FromHours(8);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    // The last hour of the last day may lack a request.
    private static readonly TimeSpan Slack = TimeSpan.FromHours(1);

    /// <summary>How much of a number of days a model does not know of the cluster that it judges; zero or less when it knows all.</summary>
    public static TimeSpan Unknown(AnomalyModel model, int days) => model.IsPrior ? TimeSpan.FromDays(days)
        : TimeSpan.FromDays(days) - (model.Info.To - model.Info.From) - Slack;

    /// <summary>True for an incident that waits for the others of the first days.</summary>
    /// <param name="incident">The incident as it is to be told.</param>
    /// <param name="at">When it came to deserve an alert.</param>
    public bool Hold(Incident incident, DateTimeOffset at) =>
        at < Until && incident.Severity < Severity.Critical && incident.Links.Count == 0 && !FeedPrincipal.IsOf(incident.Lead);

    /// <summary>The number of the part of the first days, from 1, that a time lies in.</summary>
    public int PartOf(DateTimeOffset at) =>
        at < Since + FirstPart ? 1 : at < Since + Day ? 2 : 2 + (int)((at - Since).Ticks / Day.Ticks);

    /// <summary>When a part begins.</summary>
    public DateTimeOffset StartOf(int part) => part switch
    {
        1 => Since,
        2 => Since + FirstPart,
        _ => Since + ((part - 2) * Day),
    };

    /// <summary>When a part ends, and what came in it is told.</summary>
    public DateTimeOffset EndOf(int part) => StartOf(part + 1);
}
