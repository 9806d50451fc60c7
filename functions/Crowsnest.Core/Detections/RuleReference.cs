namespace Crowsnest.Core.Detections;

/// <summary>The rule, or the model, that made a detection.</summary>
/// <param name="Id">The rule's UUID, or the model's name.</param>
/// <param name="Title">What it looks for.</param>
/// <param name="Version">The rule's modified date, or the artefact's version.</param>
public sealed record RuleReference(string Id, string Title, string Version);
