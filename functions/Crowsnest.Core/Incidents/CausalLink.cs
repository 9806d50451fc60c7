namespace Crowsnest.Core.Incidents;

/// <summary>Why one actor's acts belong to another's: what the first opened, the second used.</summary>
/// <param name="From">The actor who opened it.</param>
/// <param name="To">The actor who used it.</param>
/// <param name="Through">The identity or pod.</param>
/// <param name="OpenedAt">When it was opened, UTC.</param>
/// <param name="UsedAt">When it was first used since, UTC.</param>
public sealed record CausalLink(string From, string To, string Through, DateTimeOffset OpenedAt, DateTimeOffset UsedAt);
