namespace Crowsnest.Core.Policy;

/// <summary>What the linter says of a policy.</summary>
/// <param name="Line">Line in the file, or 0 for the whole.</param>
/// <param name="Rule">Number of the rule, or 0 for the whole.</param>
/// <param name="IsFault">True when the policy does not do what it seems to, or gives credentials away; false for advice.</param>
/// <param name="Message">What is wrong, and what would be right.</param>
public sealed record PolicyNote(long Line, int Rule, bool IsFault, string Message);
