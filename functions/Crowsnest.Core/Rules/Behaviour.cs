namespace Crowsnest.Core.Rules;

/// <summary>One behaviour that the field detects, and what serves it here.</summary>
/// <param name="Row">Its number.</param>
/// <param name="Name">What it is.</param>
/// <param name="Service">What serves it.</param>
/// <param name="Remark">The correlation or model that serves it, or why it does not apply; empty for rules.</param>
public sealed record Behaviour(int Row, string Name, BehaviourService Service, string Remark);
