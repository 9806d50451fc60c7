using System.Text.RegularExpressions;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Alerting;

/// <summary>What to check first about an incident, and what to do if it is an attack. It only ever tells; people act.</summary>
internal static partial class ResponseGuide
{
    private const int MostChecks = 4;
    private const int MostCommands = 6;

    private const string OddityCheck =
        "The model found this unusual, not forbidden: ask whoever works with this identity whether they did it, and from where.";

    private const string FeedCheck =
        "Look whether the cluster's diagnostic setting still sends to the hub, and in the activity log who changed it last; "
        + "then at the hub's metrics and the function app's log. Until it is mended, look into the cluster itself.";

    private const string NewClusterCheck =
        "Ask whoever sets clusters up whether this one is yours, and announce it (Crowsnest__AnnouncedClusters). If it is not, "
        + "look who may send to the hub, and give them new keys.";

    private const string UntrainedCheck =
        "The reason of the last try stands above; RetrainModel's log has the rest. Too few events want patience or more log categories; "
        + "damaged aggregates are made anew by crowsnest archive compact --again. Until then the model before goes on judging.";

    private const string UnreadableCheck =
        "Look at the example and in quarantine/ of the archive: has a shipper or a schema changed, or does somebody send what is no log? "
        + "Until it is mended, look into the cluster itself.";

    private static readonly string[] Workloads =
        ["pods", "deployments", "daemonsets", "statefulsets", "replicasets", "jobs", "cronjobs"];

    private static readonly AlertCommand[] FeedLooks =
    [
        new("Where the cluster sends its logs", "az monitor diagnostic-settings list --resource CLUSTER-RESOURCE-ID"),
        new("Who changed something about it", "az monitor activity-log list --resource-id CLUSTER-RESOURCE-ID --offset 2d --output table"),
    ];

    internal static IReadOnlyList<string> Checks(Incident incident, RuleSet rules)
    {
        List<string> checks = [];
        foreach (Detection detection in Gravest(incident).DistinctBy(static d => d.Source == DetectionSource.Model ? "" : d.Rule.Id))
        {
            if (FeedPrincipal.IsOf(detection))
            {
                checks.Add(FeedPrincipal.IsNewCluster(detection) ? NewClusterCheck
                    : FeedPrincipal.IsUntrained(detection) ? UntrainedCheck
                    : FeedPrincipal.IsUnreadable(detection) ? UnreadableCheck : FeedCheck);
            }
            else if (detection.Source == DetectionSource.Model)
            {
                checks.Add(OddityCheck);
            }
            else if (rules.Rules.FirstOrDefault(rule => rule.Reference.Id == detection.Rule.Id) is { } rule)
            {
                string harmless = rule.FalsePositives.Count > 0 ? $" Harmless causes: {string.Join("; ", rule.FalsePositives)}." : "";
                checks.Add(AlertContent.Say($"{rule.Reference.Title}: {rule.Description}{harmless}"));
            }
            else if (rules.Correlations.FirstOrDefault(rule => rule.Reference.Id == detection.Rule.Id) is { } correlation)
            {
                checks.Add(AlertContent.Say($"{correlation.Reference.Title}: {correlation.Description}"));
            }
        }

        return [.. checks.Distinct().Take(MostChecks)];
    }

    /// <summary>Commands that show what there is now, and change nothing.</summary>
    internal static IReadOnlyList<AlertCommand> Looks(Incident incident)
    {
        List<AlertCommand> commands = [];
        foreach (Detection detection in Gravest(incident))
        {
            if (FeedPrincipal.IsOf(detection))
            {
                commands.AddRange(FeedLooks);
                continue;
            }

            if (detection.Target is { Name.Length: > 0 } target)
            {
                // A secret's content must not end up on a screen.
                string show = target.Resource == "secrets"
                    ? "-o custom-columns=NAME:.metadata.name,TYPE:.type,CREATED:.metadata.creationTimestamp"
                    : "-o yaml";
                commands.Add(new(
                    $"What {target.Resource} {SafeText.OneLine(target.Name, 80)} is now",
                    $"kubectl get {ObjectOf(target)} {show}"));
            }

            if (PrincipalClassifier.Classify(detection.Principal) is not (PrincipalClass.SystemComponent or PrincipalClass.Node))
            {
                commands.Add(new(
                    $"What {SafeText.OneLine(detection.Principal, 80)} may do",
                    $"kubectl auth can-i --list --as={SafeText.ShellWord(detection.Principal)}"));
            }

            if (Binding(detection) is { } binding)
            {
                commands.Add(new("The binding that allowed it", $"kubectl get {binding.Object} -o yaml"));
            }
        }

        return [.. commands.DistinctBy(static command => command.Line).Take(MostCommands)];
    }

    /// <summary>Commands that take away what the actor has, or has made.</summary>
    internal static IReadOnlyList<AlertCommand> Stops(Incident incident)
    {
        List<AlertCommand> commands = [];
        foreach (Detection detection in Gravest(incident)
            .Where(static d => d.Severity >= Severity.Medium || d.Source == DetectionSource.Model))
        {
            if (Made(detection) is { } made)
            {
                commands.Add(made);
            }

            if (Binding(detection) is { } binding)
            {
                commands.Add(new(
                    $"Takes away what allowed it, from {(binding.Whom.StartsWith("Group", StringComparison.Ordinal) ? "everyone in " : "")}"
                    + $"{SafeText.OneLine(binding.Whom, 120)}",
                    $"kubectl delete {binding.Object}"));
            }

            if (!FeedPrincipal.IsOf(detection) && Identity(detection.Principal) is { } identity)
            {
                commands.Add(identity);
            }
        }

        return [.. commands.DistinctBy(static command => command.Line).Take(MostCommands)];
    }

    private static IEnumerable<Detection> Gravest(Incident incident) =>
        incident.Detections.OrderByDescending(static d => d.Severity)
            .ThenBy(static d => d.Source == DetectionSource.Model).ThenBy(static d => d.Time);

    // What the actor added, so far as it succeeded.
    private static AlertCommand? Made(Detection detection) =>
        detection.Target is { Subresource: "", Name.Length: > 0 } target && detection.What.StartsWith("create ", StringComparison.Ordinal)
        && detection.What.Contains("(201)", StringComparison.Ordinal)
        && (target.Resource is "clusterrolebindings" or "rolebindings" or "clusterroles" or "roles" or "serviceaccounts" or "secrets"
            || Workloads.Contains(target.Resource))
            ? new AlertCommand($"Removes what was made; keep its YAML first", $"kubectl delete {ObjectOf(target)}") : null;

    private static AlertCommand? Identity(string principal) => PrincipalClassifier.Classify(principal) switch
    {
        PrincipalClass.Human when principal.Contains('@', StringComparison.Ordinal) => new(
            "Shuts the person's account in Entra ID", $"az ad user update --id {SafeText.ShellWord(principal)} --account-enabled false"),
        PrincipalClass.LocalAdmin => new(
            "Replaces the shared certificates; all nodes restart", "az aks rotate-certs --resource-group GROUP --name CLUSTER"),
        PrincipalClass.WorkloadServiceAccount when principal.Split(':') is ["system", "serviceaccount", string ns, string name] => new(
            "Ends all tokens of the service account; its pods lose access to the API",
            $"kubectl delete serviceaccounts {SafeText.ShellWord(name)} -n {SafeText.ShellWord(ns)}"),
        _ => null,
    };

    private static string ObjectOf(TargetObject target)
    {
        string place = target.Namespace.Length > 0 ? $" -n {SafeText.ShellWord(target.Namespace)}" : "";
        return $"{SafeText.ShellWord(target.Resource)} {SafeText.ShellWord(target.Name)}{place}";
    }

    // Kubernetes' own bindings hold up the cluster: nobody should be told to delete them.
    private static (string Object, string Whom)? Binding(Detection detection)
    {
        Match match = AllowedBy().Match(detection.AllowedBy);
        string name = match.Groups["name"].Value;
        if (!match.Success || name.StartsWith("system:", StringComparison.Ordinal) || name == "cluster-admin")
        {
            return null;
        }

        string whom = match.Groups["whom"].Value;
        return match.Groups["kind"].Value == "ClusterRoleBinding"
            ? ($"clusterrolebindings {SafeText.ShellWord(name)}", whom)
            : name.Split('/', 2) is [string binding, string ns]
                ? ($"rolebindings {SafeText.ShellWord(binding)} -n {SafeText.ShellWord(ns)}", whom) : null;
    }

    // As the RBAC authorizer of Kubernetes words it; a role binding is name/namespace.
    [GeneratedRegex(
        """^RBAC: allowed by (?<kind>ClusterRoleBinding|RoleBinding) "(?<name>[^"]+)" of [A-Za-z]+ "[^"]+" to (?<whom>.+)$""",
        RegexOptions.NonBacktracking)]
    private static partial Regex AllowedBy();
}
