using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Features;

namespace Crowsnest.Core.Incidents;

/// <summary>
/// Decides from when on an incident deserves an alert (docs/adr/0008, 0020). One finding is enough if it is a rule or correlation
/// of level high, or an event odder than once in days, which the model calls medium. Lesser ones have to be two within a
/// day: rules of level medium and different tactics; an odd event and a rule of level medium; or an event odder than once a day
/// and a low rule, unless both are refused or only look around. That somebody is new does not corroborate a low rule: everyone is
/// new once, and was let in by someone. What a habit or an operator's design explains testifies to nothing.
/// </summary>
internal sealed class Corroboration
{
    private static readonly TimeSpan Together = Episode.Quiet;

    // The score is the logarithm of days: a low rule says little, so what stands beside it has to be the oddest of its day.
    private const double OnceADay = 0;

    private const string LookingAround = "discovery";

    // Of each kind of finding the latest; of rules of medium level the latest of each tactic.
    private readonly Dictionary<string, DateTimeOffset> _mediumRules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _strangers = new(StringComparer.Ordinal);
    private DateTimeOffset _rule;
    private DateTimeOffset _ruleOfDeed;
    private DateTimeOffset _odd;
    private DateTimeOffset _rare;
    private DateTimeOffset _rareDeed;

    /// <summary>The time of the detection that completed the testimony, or null.</summary>
    internal DateTimeOffset? CompleteAt { get; private set; }

    /// <summary>True for a detection that deserves an alert alone.</summary>
    internal static bool IsEnough(Detection detection) =>
        (detection.IsEvidence && detection.Severity >= (detection.Source == DetectionSource.Model ? Severity.Medium : Severity.High))
        || FeedPrincipal.IsNewCluster(detection) || FeedPrincipal.IsUntrained(detection);

    /// <summary>True for an event that is odder than once a day, by somebody who is known.</summary>
    internal static bool IsRare(Detection detection) =>
        detection.Source == DetectionSource.Model && detection.IsEvidence && detection.Score >= OnceADay && !IsAboutNewcomer(detection);

    /// <summary>Hears the next detection in order of time.</summary>
    internal void Hear(Detection detection)
    {
        if (!detection.IsEvidence)
        {
            return;
        }

        if (detection.Source == DetectionSource.Model)
        {
            HearOdd(detection);
        }
        else
        {
            HearRule(detection);
        }

        DateTimeOffset since = detection.Time - Together;
        int tactics = _mediumRules.Count(rule => rule.Key.Length > 0 && rule.Value >= since);
        if (IsEnough(detection)
            || tactics >= 2
            || (_odd >= since && _mediumRules.Values.Any(rule => rule >= since))
            || (_rare >= since && _ruleOfDeed >= since)
            || (_rareDeed >= since && _rule >= since)
            || (tactics == 1 && _strangers.Any(rule => rule.Value >= since && !_mediumRules.ContainsKey(rule.Key))))
        {
            CompleteAt ??= detection.Time;
        }
    }

    private void HearRule(Detection detection)
    {
        string tactic = detection.Tactics.Count > 0 ? detection.Tactics[0] : "";
        if (detection.Severity >= Severity.Medium)
        {
            _mediumRules[tactic] = detection.Time;
        }
        else if (PrincipalClassifier.Classify(detection.Principal) == PrincipalClass.Anonymous)
        {
            // Nobody has a profile of strangers that could testify, so their own requests do: a client whose token ran out
            // comes again and again, and asks for nothing else.
            _strangers[tactic] = detection.Time;
        }

        _rule = detection.Time;
        if (!detection.IsRefused && tactic != LookingAround)
        {
            _ruleOfDeed = detection.Time;
        }
    }

    private void HearOdd(Detection detection)
    {
        _odd = detection.Time;
        if (IsRare(detection))
        {
            _rare = detection.Time;
            if (!detection.IsRefused && !detection.Tactics.Contains(LookingAround))
            {
                _rareDeed = detection.Time;
            }
        }
    }

    // What weighs most is that the principal was not seen before. Whoever did not authenticate was let in by nobody.
    private static bool IsAboutNewcomer(Detection detection) =>
        detection.Reasons.MaxBy(static reason => reason.Value)?.Feature == nameof(TraitName.Principal)
        && PrincipalClassifier.Classify(detection.Principal) != PrincipalClass.Anonymous;
}
