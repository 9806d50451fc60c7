namespace Crowsnest.Azure.Investigation;

/// <summary>The answer to a question.</summary>
/// <param name="Question">The question, in words.</param>
/// <param name="From">Event time from which on the archive was asked, UTC.</param>
/// <param name="To">Event time before which.</param>
/// <param name="Clusters">The clusters that have events in that time.</param>
/// <param name="Tables">What was found; the first is the answer, the others stand beside it.</param>
/// <param name="Notes">What a reader must know to read it rightly.</param>
public sealed record Report(
    string Question,
    DateTimeOffset From,
    DateTimeOffset To,
    IReadOnlyList<string> Clusters,
    IReadOnlyList<ReportTable> Tables,
    IReadOnlyList<string> Notes);
