using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Incidents;

/// <summary>
/// What of an incident was told. One incident is one conversation: a first alert, and another at once for a higher severity, another
/// identity or a critical step. What would deserve an alert by itself and brings another tactic or network waits for a rest, which
/// doubles each time from an hour to a day. All else that would deserve one, alone or together, waits for a day. The same again
/// from the same network is no news, however often it comes.
/// </summary>
/// <param name="Severity">The severity that was told, or null when nothing was.</param>
/// <param name="At">Event time of what was told last.</param>
/// <param name="Points">Hashes of what was told: each finding with its actor and target, each step, tactic and network.</param>
public sealed record NotificationState(Severity? Severity, DateTimeOffset At, IReadOnlySet<long> Points)
{
    /// <summary>How long an incident rests after its first alert.</summary>
    public static readonly TimeSpan ShortestRest = TimeSpan.FromHours(1);

    /// <summary>How long it rests at most.</summary>
    public static readonly TimeSpan LongestRest = TimeSpan.FromHours(24);

    // How often CorrelateActivity looks: what follows within a minute is told with the rest.
    private static readonly TimeSpan Collects = TimeSpan.FromMinutes(1);

    /// <summary>How often something was told.</summary>
    public int Times { get; init; }

    /// <summary>How long it rests now, unless it goes a step further.</summary>
    public TimeSpan Rest => TimeSpan.FromTicks(Math.Min(LongestRest.Ticks, ShortestRest.Ticks << Math.Clamp(Times - 1, 0, 5)));

    public static NotificationState Nothing { get; } = new(null, default, new HashSet<long>());

    /// <summary>
    /// Event time at which the incident comes to deserve an alert after what was told, or null. It may lie ahead of the last
    /// detection: what came during the rest is told after it.
    /// </summary>
    /// <param name="incident">The incident.</param>
    /// <param name="rests">False where what is told waits for the end of a part of first days anyway.</param>
    public DateTimeOffset? DueAt(Incident incident, bool rests = true)
    {
        if (Severity is null || incident.AlertFrom is null)
        {
            return incident.AlertFrom;
        }

        SeverityTally tally = new();
        Corroboration fresh = new();
        DateTimeOffset? afterRest = null;

        // Whoever is at the heart of a grave incident needs no corroboration.
        bool isSuspect = Severity >= Detections.Severity.High;

        // What was told before networks were kept says nothing of them.
        bool knowsNetworks = incident.Detections.Any(detection => Points.Contains(NetworkOf(detection)));
        foreach (Detection detection in incident.Detections.TakeWhile(d => afterRest is null || d.Time < afterRest))
        {
            tally.Add(detection);
            if (tally.Severity > Severity || StepsOf(detection).Any(step => !Points.Contains(step)))
            {
                return detection.Time;
            }

            if (Points.Contains(PointOf(detection)) && (!knowsNetworks || Points.Contains(NetworkOf(detection))))
            {
                continue;
            }

            fresh.Hear(detection);
            bool isEnough = Corroboration.IsEnough(detection);
            bool isAnotherStep = isEnough && TacticsOf(detection).Append(NetworkOf(detection)).Any(news => !Points.Contains(news));
            if (isEnough || fresh.CompleteAt is not null || (isSuspect && Corroboration.IsRare(detection)))
            {
                DateTimeOffset due = !rests ? detection.Time : At + (isAnotherStep ? Rest : LongestRest);
                due = detection.Time > due ? detection.Time : due;
                afterRest = due < afterRest ? due : afterRest ?? due;
            }
        }

        return afterRest;
    }

    /// <summary>With all of the incident told.</summary>
    /// <param name="incident">The incident as it is told.</param>
    /// <param name="at">Event time of the news.</param>
    public NotificationState With(Incident incident, DateTimeOffset at) => new(
        Severity is { } told && told > incident.Severity ? told : incident.Severity,
        at,
        new HashSet<long>(Points.Concat(incident.Detections.SelectMany(PointsOf))))
    {
        Times = Times + 1,
    };

    /// <summary>The incident as it stood each time that it deserved an alert, had it been looked at every minute.</summary>
    /// <param name="incident">The incident.</param>
    /// <param name="days">The cluster's first days, in which what waits is told as it stands at the end of the part; or null.</param>
    public static IEnumerable<(Incident Incident, DateTimeOffset At)> Notices(Incident incident, FirstDays? days = null)
    {
        NotificationState told = Nothing;
        while (((days is null ? null : Next(told, incident, days)) ?? Next(told, incident, null)) is { } next)
        {
            told = told.With(next.Incident, next.At);
            yield return next;
        }
    }

    // What waits is told as it stands at the end of the part, unless it can wait no longer by then.
    private static (Incident Incident, DateTimeOffset At)? Next(NotificationState told, Incident incident, FirstDays? days)
    {
        if (told.DueAt(incident, rests: days is null) is not { } at)
        {
            return null;
        }

        Incident notice = IncidentBuilder.AsOf(incident, at + Collects);
        if (days is null)
        {
            return (notice, at);
        }

        Incident later = IncidentBuilder.AsOf(incident, days.EndOf(days.PartOf(at)).AddTicks(-1));
        return !days.Hold(notice, at) ? null : (days.Hold(later, at) ? later : notice, at);
    }

    private static IEnumerable<long> PointsOf(Detection detection) =>
        StepsOf(detection).Concat(TacticsOf(detection)).Append(NetworkOf(detection)).Append(PointOf(detection));

    private static long PointOf(Detection detection) => Hash(
        detection.Source == DetectionSource.Model ? detection.Rule.Title : detection.Rule.Id, detection.Principal, detection.OnWhat);

    // A step further is only what deserves an alert by itself: by somebody else, or critical.
    private static IEnumerable<long> StepsOf(Detection detection) => !Corroboration.IsEnough(detection) ? [] :
    [
        Hash("principal", detection.Principal),
        .. detection.Severity >= Detections.Severity.Critical ? new[] { Hash("rule", detection.Rule.Id) } : [],
    ];

    // The same act from somewhere else may be somebody else's.
    private static long NetworkOf(Detection detection) =>
        Hash("network", detection.Principal, detection.SourceIp.Length > 0 ? NetworkPrefix.Of(detection.SourceIp) : "");

    private static IEnumerable<long> TacticsOf(Detection detection) =>
        Episode.Matters(detection) ? detection.Tactics.Select(static tactic => Hash("tactic", tactic)) : [];

    private static long Hash(params ReadOnlySpan<string> parts) =>
        BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));
}
