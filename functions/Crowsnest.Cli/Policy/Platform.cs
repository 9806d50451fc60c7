using Crowsnest.Core.Audit;
using Crowsnest.Core.Policy;

namespace Crowsnest.Cli.Policy;

/// <summary>A managed Kubernetes that fixes its audit policy: what it would leave of a capture, and what can be chosen there.</summary>
/// <param name="Question">What the simulation answers.</param>
/// <param name="Policy">The policy, where the platform has one of its own; else the capture's own holds.</param>
/// <param name="HasReads">Whether get, list and watch are logged.</param>
/// <param name="Notes">What can be chosen, and what stays blind.</param>
internal sealed record Platform(string Question, AuditPolicy? Policy, bool HasReads, IReadOnlyList<string> Notes)
{
    // A data collection rule's transformation of the table that resource-specific logs go to.
    private const string Transformation = "source | where Verb !in ('get', 'list', 'watch')";

    private const string Shape = "the policy has the shape of the platform's own and may differ in detail: check its documentation";

    internal static IReadOnlyList<string> Names { get; } = ["aks", "eks", "gke"];

    /// <summary>The platform of a name.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    internal static Platform Of(string name) => name.ToLowerInvariant() switch
    {
        "aks" => new(
            "What would kube-audit-admin leave of kube-audit?",
            null,
            false,
            [$"to send kube-audit to the hub and drop reads from Log Analytics alone, transform AKSAudit with: {Transformation}"]),
        "eks" => new(
            "What would EKS have logged of the capture?",
            Load("eks.yaml"),
            true,
            [
                Shape,
                "EKS: the log type audit is on or off as a whole, in CloudWatch; it can't be made smaller at its source, only on its way",
                "EKS: events of the cluster are not logged, so that nobody sees when they are deleted; secrets and config maps come "
                    + "without bodies, but for aws-auth",
            ]),
        "gke" => new(
            "What would GKE's Admin Activity logs have of the capture?",
            Load("gke.yaml"),
            false,
            [
                Shape,
                "GKE: writes come in Admin Activity logs, always and free of charge; reads in Data Access logs, which are off until "
                    + "somebody turns them on, and are billed",
                "GKE: Cloud Audit Logs have a format of their own that Crowsnest does not read; this says what could be seen in them",
            ]),
        _ => throw new UsageException($"--platform {name}: it is one of {string.Join(", ", Names)}"),
    };

    /// <summary>What the platform logs of an event.</summary>
    internal PolicyDecision Decide(AuditEvent audit, PolicyRequest request)
    {
        PolicyDecision decision = Policy?.Decide(request) ?? new PolicyDecision(null, audit.Level, [], false);
        return HasReads || request.Verb is not ("get" or "list" or "watch") ? decision : decision with { Level = AuditLevel.None };
    }

    private static AuditPolicy Load(string name)
    {
        using StreamReader yaml = new(typeof(Platform).Assembly.GetManifestResourceStream(name)!);
        return AuditPolicy.Parse(yaml.ReadToEnd());
    }
}
