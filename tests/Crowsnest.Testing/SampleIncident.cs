using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;

namespace Crowsnest.Testing;

/// <summary>An incident that has everything an alert can say: two actors, steps, a model's finding, a grant.</summary>
public static class SampleIncident
{
    private const string Pipeline = "system:serviceaccount:ci:deployer";
    private const string Created = "system:serviceaccount:ci:backup-sync";

    public static RuleSet Rules { get; } = RuleSet.Load(RepositoryFiles.RuleFiles);

    public static AlertLinks Links { get; } = new(Link("evidence"), Link("attack"), Link("expected"), Link("suppress"));

    public static Incident Incident { get; } = IncidentBuilder.Group(
    [
        Of(
            "secrets-listed-cluster-wide",
            3,
            Severity.Critical,
            "credential-access",
            "T1552.007",
            Pipeline,
            "verb is list, objectRef.resource is secrets, responseStatus.code is 200, objectRef.namespace is absent") with
        {
            What = "list secrets (200)",
            OnWhat = "secrets (all) (cluster-wide)",
            GoingWhere = "the credentials stored in the whole cluster",
            Target = new TargetObject("secrets", "", "", ""),
            AllowedBy = "RBAC: allowed by ClusterRoleBinding \"ci-deployer\" of ClusterRole \"edit-all\" to ServiceAccount \"deployer/ci\"",
        },
        Of(
            "service-account-created",
            12,
            Severity.Medium,
            "persistence",
            "T1136.001",
            Pipeline,
            "verb is create, objectRef.resource is serviceaccounts, responseStatus.code is 201") with
        {
            What = "create serviceaccounts (201)",
            OnWhat = "serviceaccounts backup-sync in ci",
            GoingWhere = "an identity in namespace ci that survives the actor's own access",
            Target = new TargetObject("serviceaccounts", "", "ci", "backup-sync"),
            Opens = [Created],
        },
        Of(
            "cluster-admin-binding",
            14,
            Severity.High,
            "privilege-escalation",
            "T1098.006",
            Pipeline,
            "verb is create, objectRef.resource is clusterrolebindings, rbac.role is cluster-admin") with
        {
            What = "create clusterrolebindings (201)",
            OnWhat = "clusterrolebindings backup-sync (cluster-wide)",
            GoingWhere = "cluster-admin over the whole cluster for backup-sync",
            Target = new TargetObject("clusterrolebindings", "", "", "backup-sync"),
            Opens = [Created],
        },
        Of(
            "exec-into-pod",
            31,
            Severity.Medium,
            "execution",
            "T1609",
            Created,
            "objectRef.subresource is exec, responseStatus.code is 101, crowsnest.command is sh -c id") with
        {
            What = "create pods/exec running 'sh -c id' (101)",
            OnWhat = "pods/exec web-5d8f in shop",
            GoingWhere = "a shell in web-5d8f: its service account's token, its mounts, its network",
            Target = new TargetObject("pods", "exec", "shop", "web-5d8f"),
            SourceIp = "203.0.113.44",
        },
        Of("anomaly-model", 32, Severity.High, "execution", "", Created, "") with
        {
            Source = DetectionSource.Model,
            Rule = new RuleReference("anomaly-model", "Unusual network of the client", "0123456789ab"),
            Score = 4.2,
            What = "create pods/exec running 'sh -c id' (101)",
            OnWhat = "pods/exec web-5d8f in shop",
            SourceIp = "203.0.113.44",
            Reasons =
            [
                new Reason("rarity", "an actor-day this unusual is expected once in 64 days here", 0),
                new Reason("Network", "203.0.113.0/24 was never seen in 14 days", 0.61),
            ],
        },
    ])[0];

    /// <summary>What an alert about it says.</summary>
    public static AlertContent Alert(int revision = 1) => AlertContent.Of(Incident, revision, Rules, Links);

    private static Detection Of(
        string name, int minute, Severity severity, string tactic, string technique, string principal, string matched)
    {
        SigmaRule? rule = Rules.Rules.FirstOrDefault(rule => rule.Label == name);
        Detection detection = Some.Detection(name, minute, severity, tactic, principal);
        return detection with
        {
            Techniques = technique.Length > 0 ? [technique] : [],
            Who = principal + " (service account of a workload)",
            FromWhere = detection.SourceIp + " with kubectl/v1.35.0",
            Rule = rule?.Reference ?? detection.Rule,
            Reasons = [new Reason("rule", $"{rule?.Reference.Title ?? name}: {matched}", 0)],
        };
    }

    private static Uri Link(string answer) => new($"https://crowsnest.example.org/api/answer?t={answer}");
}
