namespace Crowsnest.Core.Rules;

/// <summary>Why a rule was not loaded.</summary>
/// <param name="File">The rule's file.</param>
/// <param name="Line">Line from 1, or 0 when it is not known.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record RuleError(string File, long Line, string Message);
