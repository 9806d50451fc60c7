using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Features;

namespace Crowsnest.Core.Incidents;

/// <summary>
/// Decides from when on an incident deserves an alert (docs/adr/0008). One finding is enough if it is a rule or correlation
/// of level high, or an event odder than once in days, which the model calls medium. Lesser ones have to be two within a
/// day: rules of level medium and different tactics, or an odd event and a rule of level medium, or one that is odder than once
/// a day and any rule. That somebody is new does not corroborate a low rule: everyone is new once, and was let in by someone.
/// What a habit or an operator's design explains testifies to nothing.
/// </summary>
internal sealed class Corroboration
{
    private static readonly TimeSpan Together = Episode.Quiet;

    // The score is the logarithm of days: a low rule says little, so what stands beside it has to be the oddest of its day.
    private const double OnceADay = 0;

    // Of each kind of finding the latest; of rules of medium level the latest of each tactic.
    private readonly Dictionary<string, DateTimeOffset> _mediumRules = new(StringComparer.Ordinal);
    private DateTimeOffset _anyRule;
    private DateTimeOffset _odd;
    private DateTimeOffset _rare;
    private DateTimeOffset _oddNewcomer;

    /// <summary>The time of the detection that completed the testimony, or null.</summary>
    internal DateTimeOffset? CompleteAt { get; private set; }

    /// <summary>True for a detection that deserves an alert alone.</summary>
    internal static bool IsEnough(Detection detection) =>
        (detection.IsEvidence && detection.Severity >= (detection.Source == DetectionSource.Model ? Severity.Medium : Severity.High))
        || FeedPrincipal.IsNewCluster(detection) || FeedPrincipal.IsUntrained(detection);

    /// <summary>Hears the next detection in order of time.</summary>
    internal void Hear(Detection detection)
    {
        if (!detection.IsEvidence)
        {
            return;
        }

        DateTimeOffset time = detection.Time;
        if (detection.Source != DetectionSource.Model)
        {
            _anyRule = time;
            if (detection.Severity >= Severity.Medium)
            {
                _mediumRules[detection.Tactics.Count > 0 ? detection.Tactics[0] : ""] = time;
            }
        }
        else if (IsAboutNewcomer(detection))
        {
            _oddNewcomer = time;
        }
        else
        {
            _odd = time;
            _rare = detection.Score >= OnceADay ? time : _rare;
        }

        DateTimeOffset since = time - Together;
        if (IsEnough(detection)
            || _mediumRules.Count(rule => rule.Key.Length > 0 && rule.Value >= since) >= 2
            || (_rare >= since && _anyRule >= since)
            || ((_odd >= since || _oddNewcomer >= since) && _mediumRules.Values.Any(rule => rule >= since)))
        {
            CompleteAt ??= time;
        }
    }

    // What weighs most is that the principal was not seen before. Whoever did not authenticate was let in by nobody.
    private static bool IsAboutNewcomer(Detection detection) =>
        detection.Reasons.MaxBy(static reason => reason.Value)?.Feature == nameof(TraitName.Principal)
        && PrincipalClassifier.Classify(detection.Principal) != PrincipalClass.Anonymous;
}
