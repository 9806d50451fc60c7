namespace Crowsnest.Core.Policy;

/// <summary>A rule of an advised policy.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Why">Why it is there.</param>
/// <param name="Loses">What is no longer seen by it, or empty.</param>
public sealed record AdvisedRule(PolicyRule Rule, string Why, string Loses = "");
