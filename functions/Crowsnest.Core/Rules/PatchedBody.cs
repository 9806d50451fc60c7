namespace Crowsnest.Core.Rules;

/// <summary>What a JSON patch sets.</summary>
/// <param name="Json">The object, as a merge patch would say it.</param>
/// <param name="IsFollowed">False when it also brings what is not in the patch, or does what the API server refuses.</param>
internal readonly record struct PatchedBody(ReadOnlyMemory<byte> Json, bool IsFollowed);
