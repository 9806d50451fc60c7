namespace Crowsnest.Functions.Pages.Parts;

/// <summary>A way from one to the next.</summary>
/// <param name="From">Who opened, or what was used.</param>
/// <param name="To">What was opened, or who used it.</param>
/// <param name="Opened">When it was opened, or empty.</param>
/// <param name="Used">When it was used, or empty.</param>
public sealed record GraphEdge(GraphNode From, GraphNode To, string Opened, string Used);
