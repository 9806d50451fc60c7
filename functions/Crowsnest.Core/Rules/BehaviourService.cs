namespace Crowsnest.Core.Rules;

/// <summary>What serves a behaviour.</summary>
public enum BehaviourService
{
    /// <summary>Rules that judge one event.</summary>
    Rules,

    /// <summary>A correlation: it takes a rate, a sequence or an absence.</summary>
    Correlation,

    /// <summary>The anomaly model: it takes a baseline.</summary>
    Model,

    /// <summary>Nothing: audit events do not show it.</summary>
    NotApplicable,
}
