using System.Globalization;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Features;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;

namespace Crowsnest.Core.Judging;

/// <summary>Makes detections out of matches.</summary>
internal static class DetectionFactory
{
    private const int MostReasons = 4;
    private const int MostFields = 6;
    private const int LongestValue = 80;
    private const int LongestWays = 1_000;
    private const float SmallestShare = 0.05f;

    // A profile of less than two weeks has seen no fortnightly and hardly any weekly work.
    private const double DaysOfAge = 14;

    private const string ModelId = "anomaly-model";

    private static readonly RuleReference UnjudgedRule = new("unjudged-event", "Event could not be judged", "1");

    /// <summary>Makes the detection of a rule.</summary>
    /// <param name="view">The event.</param>
    /// <param name="rule">The rule that matches.</param>
    /// <param name="evidence">Where the event's raw record lies.</param>
    /// <param name="sibling">Another detection of the same event, or null: what is said of the event is the same.</param>
    /// <param name="excuse">Why the finding says less than it would of others, or null.</param>
    internal static Detection FromRule(EventView view, SigmaRule rule, Evidence evidence, Detection? sibling, Excuse? excuse)
    {
        Severity severity = rule.SeverityOf(view.Event.PrincipalClass);
        bool isPlatform = severity < rule.Severity;
        List<Reason> reasons = [Matched(view, rule)];
        if (isPlatform)
        {
            reasons.Add(new Reason("platform", $"an identity of the platform does this by trade: {severity} at most", 0));
        }
        else if (excuse is not null)
        {
            reasons.Add(excuse.Reason);
            severity = AtMost(severity, excuse);
        }

        return (sibling ?? Make(view, DetectionSource.Rule, rule.Reference, evidence)) with
        {
            Id = IdOf(view.Event, rule.Reference),
            Rule = rule.Reference,
            Severity = Capped(view, severity),
            Tactics = rule.Tactics,
            Techniques = rule.Techniques,
            Reasons = reasons,
        };
    }

    // With more fields than can be told, those go first that say least: what is absent, then who did what, which is said elsewhere.
    private static Reason Matched(EventView view, SigmaRule rule)
    {
        bool holdsCredentials = Redactor.HoldsCredentials(view.Event);
        IEnumerable<string> fields = rule.Explain(view).OrderBy(static field => field.Value != MatchedField.Absent).TakeLast(MostFields)
            .OrderBy(static field => field.Value == MatchedField.Absent).Select(field =>
            $"{field.Name} is {(field.IsBody && holdsCredentials ? MatchedField.Present : FourAnswers.Clean(field.Value, LongestValue))}");
        string told = string.Join(", ", fields);
        return new Reason(Reason.OfRule, told.Length == 0 ? rule.Reference.Title : $"{rule.Reference.Title}: {told}", 0);
    }

    internal static Detection FromModel(
        EventView view,
        AnomalyModel model,
        EventTraits traits,
        SurpriseMemo memo,
        AnomalyScore score,
        Evidence evidence,
        Excuses excuses)
    {
        IReadOnlyList<(int Feature, float Share)> contributions = model.Contributions(traits, memo);
        Excuse? excuse = excuses.Of(view, contributions is [((int)TraitName.Principal, _), ..]);
        List<Reason> reasons = Reasons(view, model, traits, contributions, score);
        if (excuse is not null)
        {
            reasons.Add(excuse.Reason);
        }

        RuleReference reference = new(ModelId, Title(contributions, traits), model.Version);
        return Make(view, DetectionSource.Model, reference, evidence) with
        {
            Severity = Capped(view, AtMost(SeverityOf(score.Days), excuse)),
            Score = Math.Round(Math.Log(Math.Min(score.Days, 1e9)), 4),
            Tactics = LikelyTactic.Of(view.Event) is { Length: > 0 } tactic ? [tactic] : [],
            Reasons = reasons,
        };
    }

    /// <summary>Makes the detection of an event at which judging broke off: who finds such a way may be hiding behind it.</summary>
    internal static Detection Unjudged(AuditEvent audit, Evidence evidence, Exception fault)
    {
        string? place = fault.StackTrace?.Split('\n')
            .FirstOrDefault(static line => line.Contains(nameof(Crowsnest), StringComparison.Ordinal));
        return Make(audit, DetectionSource.Rule, UnjudgedRule, evidence) with
        {
            Severity = Severity.High,
            Tactics = ["defense-evasion"],
            GoingWhere = "past the rules and the model: this event was not judged to the end, the others of its batch were",
            Reasons = [new Reason(Reason.OfRule, $"{UnjudgedRule.Title}: {fault.GetType().Name}{place?.Split(" in ")[0].TrimEnd()}", 0)],
        };
    }

    private static string Title(IReadOnlyList<(int Feature, float Share)> contributions, EventTraits traits)
    {
        int feature = contributions is [(int most, _), ..] ? most : traits.Terms.Length;
        return feature < traits.Terms.Length
            ? $"Unusual {FeatureVector.Label((TraitName)feature)}"
            : "Unusual request";
    }

    // What a controller does in answer is as bad as the write that it answers, which was judged itself.
    private static Severity Capped(EventView view, Severity severity) =>
        severity > Severity.Low && view.IsWriteBack ? Severity.Low : severity;

    private static Severity AtMost(Severity severity, Excuse? excuse) => excuse?.Most < severity ? excuse.Most : severity;

    // Rarer than once in a month is worth waking someone for; rarer than once in three days, a look.
    private static Severity SeverityOf(double days) => days >= 30 ? Severity.High : days >= 3 ? Severity.Medium : Severity.Low;

    private static List<Reason> Reasons(
        EventView view,
        AnomalyModel model,
        EventTraits traits,
        IReadOnlyList<(int Feature, float Share)> contributions,
        AnomalyScore score)
    {
        string days = score.Days >= 1000 ? "over 1,000"
            : score.Days >= 10 ? score.Days.ToString("N0", CultureInfo.InvariantCulture)
            : score.Days.ToString("N1", CultureInfo.InvariantCulture);
        double history = (model.Info.To - model.Info.From).TotalDays;
        string young = history < DaysOfAge
            ? string.Create(CultureInfo.InvariantCulture, $", as far as {Math.Max(1, history):N0} days of history can tell") : "";
        List<Reason> reasons = [new(Reason.Rarity, $"an actor-day this unusual is expected once in {days} days here{young}", 0)];
        HashSet<string> said = new(StringComparer.Ordinal);
        foreach ((int feature, float share) in contributions)
        {
            if (reasons.Count > MostReasons || share < SmallestShare)
            {
                break;
            }

            string text = FeatureVector.Explain(model.Profile, traits, feature, ValueText(view, traits, feature));
            if (said.Add(text))
            {
                reasons.Add(new(FeatureVector.Names[feature], text, Math.Round(share, 3)));
            }
        }

        return reasons;
    }

    private static string ValueText(EventView view, EventTraits traits, int feature)
    {
        AuditEvent audit = view.Event;
        string ns = audit.ObjectRef.Namespace.Length == 0 ? "(cluster)" : audit.ObjectRef.Namespace;
        if (feature >= traits.Terms.Length)
        {
            // The first of them is a count that is explained by itself.
            return feature == traits.Terms.Length
                ? "" : traits.Numbers[feature - traits.Terms.Length - 1].ToString("0.##", CultureInfo.InvariantCulture);
        }

        return FourAnswers.Clean((TraitName)feature switch
        {
            TraitName.Action or TraitName.ActionOfPeers => TraitText.Action(audit),
            TraitName.Namespace => ns,
            TraitName.ActionInNamespace => $"{TraitText.Action(audit)} in {ns}",
            TraitName.ObjectName => $"{ns}/{audit.ObjectRef.Resource}/{TraitText.NameTemplate(audit.ObjectRef.Name)}",
            TraitName.ClientFamily => TraitText.ClientFamily(audit.UserAgent),
            TraitName.ClientVersion => TraitText.ClientVersion(audit.UserAgent),
            TraitName.Network => NetworkPrefix.Of(audit.ClientAddress),
            TraitName.Address => audit.ClientAddress,
            TraitName.Outcome => $"{TraitText.Outcome(audit.ResponseCode)} for {TraitText.Action(audit)}",
            TraitName.HourOfDay => TraitText.HourOfDay(audit.Time),
            TraitName.Principal => audit.Principal,
            TraitName.Impersonation => audit.ImpersonatedUser?.Username ?? "nobody",
            _ => BodyRisk.Registry(view),
        });
    }

    private static Detection Make(EventView view, DetectionSource source, RuleReference rule, Evidence evidence) =>
        Make(view.Event, source, rule, evidence) with
        {
            What = FourAnswers.What(view),
            GoingWhere = LongName.Head(FourAnswers.GoingWhere(view), LongestWays),
            IsWriteBack = view.IsWriteBack,
            Workloads = [.. ControllerWriteBack.Workloads(view).Select(Redactor.RedactName).Select(LongName.Bound)],
            Opens = [.. CausalEntities.OpenedBy(view).Select(Redactor.RedactName).Select(LongName.Bound)],
        };

    // What can be said without reading the bodies.
    private static Detection Make(AuditEvent audit, DetectionSource source, RuleReference rule, Evidence evidence) =>
        new()
        {
            Id = IdOf(audit, rule),
            Time = audit.Time,
            Cluster = audit.Cluster,
            Source = source,
            Rule = rule,
            Severity = Severity.Informational,
            Score = 0,
            Tactics = [],
            Techniques = [],
            Principal = LongName.Bound(Redactor.RedactName(audit.Principal)),
            SourceIp = LongName.Bound(audit.ClientAddress),
            UserAgent = FourAnswers.Clean(audit.UserAgent),
            IsRefused = audit.ResponseCode is 401 or 403,
            AuditIds = [LongName.Bound(audit.AuditId)],
            What = FourAnswers.Clean(TraitText.Action(audit)),
            Who = FourAnswers.Who(audit),
            FromWhere = FourAnswers.FromWhere(audit),
            OnWhat = FourAnswers.OnWhat(audit),
            GoingWhere = "",
            Reasons = [],
            Evidence = [evidence],
            Uses = [.. CausalEntities.UsedBy(audit).Select(Redactor.RedactName).Select(LongName.Bound)],
            Target = FourAnswers.Target(audit),
            AllowedBy = FourAnswers.AllowedBy(audit),
            Through = FourAnswers.Through(audit),
            ActedAs = FourAnswers.ActedAs(audit),
        };

    // The stages of a request share its auditID and the time it was received, so each gives the same detection.
    private static string IdOf(AuditEvent audit, RuleReference rule) => ContentId.Of(
        audit.Cluster,
        rule.Id,
        audit.AuditId.Length > 0 ? audit.AuditId : audit.RequestUri,
        audit.ClaimedTime.UtcTicks.ToString(CultureInfo.InvariantCulture));
}
