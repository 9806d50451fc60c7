using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Features;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Judging;

/// <summary>Puts one event into the words an analyst asks for: what happened, who did it, from where, on what, where to next.</summary>
internal static class FourAnswers
{
    private const int LongestText = 300;
    private const int MostSubjects = 5;

    internal static string What(EventView view)
    {
        AuditEvent audit = view.Event;
        string outcome = audit.ResponseCode switch
        {
            0 => "outcome not logged",
            401 => "401, not authenticated",
            403 => "403, denied",
            int code => code.ToString(CultureInfo.InvariantCulture),
        };
        string cut = audit.Truncated ? "; the event was cut by the platform" : "";
        string command = view.Command is { Length: > 0 } text ? $" running '{Clean(text)}'" : "";
        string asked = audit.Review is { } review ? $", asked by a kubelet about a call to {review.Verb} {Kind(review.Target)}" : "";
        return $"{CleanName(TraitText.Action(audit) + asked)}{command} ({outcome}{cut})";
    }

    internal static string Who(AuditEvent audit)
    {
        string kind = audit.PrincipalClass switch
        {
            PrincipalClass.Anonymous => "not authenticated",
            PrincipalClass.Human => "user",
            PrincipalClass.LocalAdmin => "shared local cluster-admin certificate",
            PrincipalClass.WorkloadServiceAccount => "service account of a workload",
            PrincipalClass.SystemServiceAccount => "service account of the platform",
            PrincipalClass.SystemComponent => "control plane",
            _ => "kubelet",
        };
        string assumed = Through(audit) is { Length: > 0 } teller ? $", as {teller} says"
            : ActedAs(audit) is { Length: > 0 } user ? $", acting as {user}" : "";
        return $"{CleanName(audit.Principal)} ({kind}){assumed}";
    }

    /// <summary>Who asked in the principal's name.</summary>
    internal static string Through(AuditEvent audit) => audit.IsProxied || audit.Review is not null ? CleanName(audit.User.Username) : "";

    /// <summary>Whom the principal impersonated.</summary>
    internal static string ActedAs(AuditEvent audit) =>
        audit.ImpersonatedUser is { } user && !audit.IsProxied && audit.Review is null ? CleanName(user.Username) : "";

    internal static string FromWhere(AuditEvent audit)
    {
        string address = audit.ClientAddress.Length == 0 ? "address not logged" : CleanName(audit.ClientAddress);
        string claimed = audit.SourceIPs.Count > 1 && audit.SourceIPs[0] != audit.ClientAddress
            ? $" (claims {CleanName(audit.SourceIPs[0])})" : "";
        return audit.UserAgent.Length == 0 ? address + claimed : $"{address}{claimed} with {Clean(audit.UserAgent)}";
    }

    internal static string OnWhat(AuditEvent audit)
    {
        ObjectRef target = Object(audit);
        if (target.Resource.Length == 0)
        {
            return Clean(audit.RequestUri);
        }

        string kind = Clean(Kind(target));
        string name = target.Name.Length == 0 ? audit.Verb == "create" ? "(name not logged)" : "(all)" : target.Name;
        return target.Namespace.Length == 0
            ? $"{kind} {CleanName(name)} (cluster-wide)"
            : $"{kind} {CleanName(name)} in {CleanName(target.Namespace)}";
    }

    internal static TargetObject? Target(AuditEvent audit)
    {
        ObjectRef target = Object(audit);
        return target.Resource.Length == 0 ? null
            : new TargetObject(CleanName(target.Resource), CleanName(target.Subresource), CleanName(target.Namespace),
                CleanName(target.Name));
    }

    // What a kubelet's question is about, not the question.
    private static ObjectRef Object(AuditEvent audit) => audit.Review?.Target ?? audit.ObjectRef;

    private static string Kind(ObjectRef target) =>
        target.Subresource.Length == 0 ? target.Resource : $"{target.Resource}/{target.Subresource}";

    /// <summary>By which grant the API server let the request through.</summary>
    internal static string AllowedBy(AuditEvent audit) => Clean(audit.Annotation("authorization.k8s.io/reason"));

    /// <summary>What the action opens up for whoever did it.</summary>
    internal static string GoingWhere(EventView view)
    {
        AuditEvent audit = view.Event;
        ObjectRef target = Object(audit);
        string place = target.Namespace.Length == 0 ? "the whole cluster" : $"namespace {CleanName(target.Namespace)}";
        if (audit.ResponseCode is 401 or 403)
        {
            return "refused; expect attempts by other ways or with another identity";
        }

        return (target.Resource, target.Subresource) switch
        {
            ("pods", "exec" or "attach") => $"a shell in {CleanName(target.Name)}: its service account's token, its mounts, its network",
            ("pods", "portforward") => $"a tunnel to {CleanName(target.Name)} past network policies",
            ("pods", "ephemeralcontainers") => $"a container of the actor's choice inside {CleanName(target.Name)}",
            ("nodes", "proxy") => $"the kubelet of {CleanName(target.Name)}: any container on that node, without admission or audit",
            ("serviceaccounts", "token") =>
            $"acting as service account {CleanName(target.Namespace)}/{CleanName(target.Name)} from anywhere",
            ("secrets", _) when !audit.IsWrite => $"the credentials stored in {place}",
            ("secrets", _) when audit.Verb == "create" => $"a stored credential in {place}, which may be a long-lived token",
            ("clusterrolebindings" or "rolebindings", _) => Grant(view, place),
            ("clusterroles" or "roles", _) when audit.IsWrite =>
            $"whatever the role {CleanName(target.Name)} grants, for everyone bound to it",
            ("serviceaccounts", _) when audit.Verb == "create" => $"an identity in {place} that survives the actor's own access",
            ("pods" or "deployments" or "daemonsets" or "statefulsets" or "replicasets" or "jobs" or "cronjobs", _)
                when audit.Verb is "create" or "update" or "patch" => Workload(view, place),
            ("services" or "ingresses", _) when audit.IsWrite => $"a way into {place} from outside",
            ("mutatingwebhookconfigurations" or "validatingwebhookconfigurations", _) when audit.IsWrite =>
                "every object that passes admission: reading and changing it, or letting it through",
            ("events", _) when audit.IsWrite => "fewer traces of what was done before",
            ("selfsubjectaccessreviews" or "selfsubjectrulesreviews", _) => "a map of what this identity may do",
            _ when audit.Verb is "delete" or "deletecollection" => $"loss of {CleanName(target.Resource)} in {place}",
            _ when audit.Verb is "get" or "list" or "watch" => $"knowledge of {place}",
            _ => $"a change in {place}",
        };
    }

    private static string Grant(EventView view, string place)
    {
        if (view.Event.Verb is "delete" or "deletecollection")
        {
            return $"access taken away in {place}";
        }

        string role = view.Grant.Role.Length > 0 ? view.Grant.Role : "a role (body not logged)";
        List<string> subjects = [.. view.Grant.Subjects.Take(MostSubjects).Select(static subject => subject.Text("name"))];
        int more = view.Grant.Subjects.Count - subjects.Count;
        string whom = (subjects.Count == 0 ? "its subjects" : string.Join(", ", subjects))
            + (more > 0 ? string.Create(CultureInfo.InvariantCulture, $" and {more:N0} more") : "");
        return $"{CleanName(role)} over {place} for {CleanName(whom)}";
    }

    private static string Workload(EventView view, string place)
    {
        List<string> ways = [];
        float reach = BodyRisk.Pod(view);
        if (reach > 0)
        {
            ways.Add("the node itself (privileged, host namespaces or host paths)");
        }

        foreach (JsonElement spec in view.PodSpec.Specs)
        {
            if (spec.TryGetProperty("serviceAccountName", out JsonElement account))
            {
                ways.Add($"the service account {CleanName(account.ToString())}");
            }
        }

        ways.Add($"code running in {place}");
        return string.Join("; ", ways);
    }

    /// <summary>A name of the event without credentials; the hash that many end in stays.</summary>
    internal static string CleanName(string name)
    {
        string redacted = Redactor.RedactName(name);
        return redacted.Length <= LongestText ? redacted : LongName.Head(redacted, LongestText) + "…";
    }

    /// <summary>A value of the event without credentials, and of no more than so many characters.</summary>
    internal static string Clean(string text, int longest = LongestText)
    {
        string redacted = Redactor.Redact(text);
        return redacted.Length <= longest ? redacted : LongName.Head(redacted, longest) + "…";
    }
}
