namespace Crowsnest.Core.Feeds;

/// <summary>A cluster that anything ever came from.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Noted">When the watch saw it first.</param>
/// <param name="Told">When it was told as a new one, or null.</param>
public sealed record SeenCluster(string Name, DateTimeOffset Noted, DateTimeOffset? Told);
