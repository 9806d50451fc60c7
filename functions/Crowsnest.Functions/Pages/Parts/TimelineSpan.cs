namespace Crowsnest.Functions.Pages.Parts;

/// <summary>A time in which findings follow each other without a long gap.</summary>
/// <param name="From">Time of its first finding.</param>
/// <param name="To">Time of its last finding.</param>
/// <param name="Left">Where it begins.</param>
/// <param name="Right">Where it ends.</param>
public sealed record TimelineSpan(DateTimeOffset From, DateTimeOffset To, double Left, double Right);
