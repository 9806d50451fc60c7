namespace Crowsnest.Functions.Pages.Parts;

/// <summary>An identity or a pod in the picture of who opened the way for whom.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsActor">True for who acted; false for what was used on the way.</param>
/// <param name="X">Its left edge.</param>
/// <param name="Y">Its upper edge.</param>
public sealed record GraphNode(string Name, bool IsActor, double X, double Y);
