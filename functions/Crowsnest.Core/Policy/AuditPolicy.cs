using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Policy;

/// <summary>An audit policy (audit.k8s.io/v1): its first rule that matches a request says how much of it is logged.</summary>
/// <param name="Rules">The rules, in order.</param>
/// <param name="OmitStages">Stages at which nothing is logged, whichever rule matches.</param>
/// <param name="OmitManagedFields">Whether bodies lose their managedFields where a rule does not say.</param>
public sealed record AuditPolicy(IReadOnlyList<PolicyRule> Rules, IReadOnlyList<AuditStage> OmitStages, bool OmitManagedFields)
{
    /// <summary>Reads a policy.</summary>
    /// <exception cref="PolicyException">An API server would not start with it.</exception>
    public static AuditPolicy Parse(string yaml) => PolicyParser.Parse(yaml);

    /// <summary>What is logged of a request.</summary>
    public PolicyDecision Decide(PolicyRequest request)
    {
        foreach (PolicyRule rule in Rules)
        {
            if (rule.Match(request))
            {
                return new(rule, rule.Level, rule.OmitStages, rule.OmitManagedFields ?? OmitManagedFields);
            }
        }

        return new(null, AuditLevel.None, OmitStages, OmitManagedFields);
    }
}
