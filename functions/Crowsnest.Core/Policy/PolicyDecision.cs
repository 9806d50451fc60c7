using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Policy;

/// <summary>What a policy says of a request.</summary>
/// <param name="Rule">The rule that decided, or null when none matched: nothing is logged then.</param>
/// <param name="Level">How much is logged.</param>
/// <param name="OmitStages">The stages at which nothing is logged.</param>
/// <param name="OmitManagedFields">True when the bodies lose their managedFields.</param>
public readonly record struct PolicyDecision(
    PolicyRule? Rule, AuditLevel Level, IReadOnlyList<AuditStage> OmitStages, bool OmitManagedFields)
{
    /// <summary>True when an event of the stage is logged.</summary>
    public bool Logs(AuditStage stage) => Level >= AuditLevel.Metadata && !OmitStages.Contains(stage);
}
