using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Alerting;

/// <summary>What was found, once or again and again: forty reads of secrets would hide the one exec between them.</summary>
/// <param name="When">Time of the first, UTC.</param>
/// <param name="Severity">Severity of the first.</param>
/// <param name="Title">Title of the rule.</param>
/// <param name="Repeats">How many more there were, in words, or empty.</param>
/// <param name="Sentence">What, on what, from where.</param>
public sealed record AlertFinding(string When, Severity Severity, string Title, string Repeats, string Sentence);
