using Crowsnest.Core.Detections;

namespace Crowsnest.Functions.Pages.Parts;

/// <summary>Findings that lie so near to each other that they are one mark.</summary>
/// <param name="X">Where.</param>
/// <param name="Lane">In which lane.</param>
/// <param name="Lead">The gravest of them.</param>
/// <param name="Count">How many they are.</param>
public sealed record TimelineMark(double X, int Lane, Detection Lead, int Count);
