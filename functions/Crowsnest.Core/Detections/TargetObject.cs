namespace Crowsnest.Core.Detections;

/// <summary>The object of a request. What was not logged, or does not apply, is empty.</summary>
/// <param name="Resource">Kind in the plural, for example <c>pods</c>.</param>
/// <param name="Subresource">For example <c>exec</c>.</param>
/// <param name="Namespace">Empty for what belongs to the cluster.</param>
/// <param name="Name">Empty for all of a kind.</param>
public sealed record TargetObject(string Resource, string Subresource, string Namespace, string Name);
