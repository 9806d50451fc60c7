using Crowsnest.Core.Audit;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Policy;

/// <summary>The level at which a kind of request must be logged for rules and model to see what they look at.</summary>
/// <param name="rules">The rules that must see.</param>
/// <param name="keepsModel">Whether the model's features must stay as they are.</param>
internal sealed class BodyNeeds(IReadOnlyList<SigmaRule> rules, bool keepsModel)
{
    // Of these the detections that follow are tied to the ones before by names that the server makes up: they stand in the answer.
    private static readonly string[] Named = ["pods", "serviceaccounts"];

    private static readonly string[] Writes = ["create", "update", "patch"];

    // A connection carries no body that is logged.
    private static readonly string[] Connections = ["exec", "attach", "portforward", "proxy", "log"];

    /// <summary>The level, and which rules ask for more than Metadata. Never a level at which credentials would be logged.</summary>
    internal (AuditLevel Level, IReadOnlyList<string> Rules) Of(RequestKind kind)
    {
        AuditLevel level = AuditLevel.Metadata;
        List<string> why = [];
        void Need(AuditLevel needed, string by)
        {
            level = needed > level ? needed : level;
            if (!why.Contains(by))
            {
                why.Add(by);
            }
        }

        if (kind.Resource.Length == 0)
        {
            return (level, why);
        }

        AuditEvent asked = Of(kind.Verb, kind);
        foreach (SigmaRule rule in rules.Where(rule => RuleSight.IsFor(rule, kind)))
        {
            if (IsRead(rule, kind))
            {
                Need(RuleSight.LevelOf(rule) > AuditLevel.Request ? AuditLevel.RequestResponse : AuditLevel.Request, rule.Label);
            }
        }

        if (keepsModel && (PodSpecView.MayCarry(asked) || GrantView.MayCarry(asked)))
        {
            Need(AuditLevel.Request, "the model");
        }

        // A patch in JSON may be about a part of what is there: then the answer says what it set.
        if (level > AuditLevel.Metadata && kind.Verb == "patch")
        {
            Need(AuditLevel.RequestResponse, "JSON patches");
        }

        Usual(kind, Need);
        return (SecretBodies.Has(kind) ? AuditLevel.Metadata : level, why);
    }

    /// <summary>True when the rule reads something of the body that may say more than is known: see <see cref="RuleSight"/>.</summary>
    internal static bool IsRead(SigmaRule rule, RequestKind kind)
    {
        if (!Writes.Contains(kind.Verb))
        {
            return kind.Verb is "get" or "list" && RuleSight.LevelOf(rule) == AuditLevel.RequestResponse;
        }

        // A write to the status of an object changes nothing else of it, whatever its body repeats.
        if (Connections.Contains(kind.Subresource) || (kind.Subresource == "status"
            && !(rule.Matcher.Required("objectRef.subresource")?.Contains("status") ?? false)))
        {
            return false;
        }

        AuditEvent asked = Of(kind.Verb, kind);
        return rule.Fields.Select(FieldCatalogue.Find).Any(field => field is { IsBody: true } && field.Scope.Covers(asked))
            || (rule.Fields.Contains("crowsnest.body")
                && (kind.Verb == "patch" || rule.Matcher.Named("crowsnest.body").Contains("unlogged")));
    }

    private static AuditEvent Of(string verb, RequestKind kind) =>
        new() { Verb = verb, ObjectRef = new(kind.Resource, kind.Subresource, "", "", kind.Group, "") };

    // What is read whatever the rules are: who asks a kubelet, what was a dry run, which names the server made up.
    private static void Usual(RequestKind kind, Action<AuditLevel, string> need)
    {
        if (kind is { Verb: "create", Resource: "subjectaccessreviews" })
        {
            need(AuditLevel.RequestResponse, "who calls a kubelet");
        }
        else if (kind is { Verb: "create", Subresource: "" } && Named.Contains(kind.Resource))
        {
            need(AuditLevel.RequestResponse, "names that the server makes up");
        }
        else if (kind.Verb is "delete" or "deletecollection" || kind is { Verb: "create", Subresource: "eviction" })
        {
            need(AuditLevel.Request, "dry runs");
        }
    }
}
