namespace Crowsnest.Core.Rules;

/// <summary>What the linter has to say about a rule that loads.</summary>
/// <param name="File">The rule's file.</param>
/// <param name="Line">Line from 1.</param>
/// <param name="IsWarning">True when the rule, as it is written, can't match audit events; false for advice.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record RuleNote(string File, long Line, bool IsWarning, string Message);
