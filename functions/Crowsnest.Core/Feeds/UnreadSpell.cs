namespace Crowsnest.Core.Feeds;

/// <summary>A time in which a feed could not be read for the most part. It is remembered, so that it is told once.</summary>
/// <param name="Since">When it began; with the cluster it names the spell.</param>
/// <param name="Until">When it was seen last.</param>
/// <param name="What">What was told of it.</param>
/// <param name="IsOver">True when it was said that it is over.</param>
public sealed record UnreadSpell(DateTimeOffset Since, DateTimeOffset Until, string What, bool IsOver);
