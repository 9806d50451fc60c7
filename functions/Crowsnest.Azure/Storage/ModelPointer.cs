namespace Crowsnest.Azure.Storage;

/// <summary>Which artefact is in use, and what it was made from.</summary>
/// <param name="Artefact">Name of its blob.</param>
/// <param name="Version">Version, from its content.</param>
/// <param name="Published">When it was put to use.</param>
/// <param name="From">First event time.</param>
/// <param name="To">Last event time.</param>
/// <param name="Events">Requests learned from.</param>
/// <param name="Principals">Distinct principals.</param>
/// <param name="Pinned">True after a rollback: trainings go on, but don't replace it.</param>
public sealed record ModelPointer(
    string Artefact,
    string Version,
    DateTimeOffset Published,
    DateTimeOffset From,
    DateTimeOffset To,
    int Events,
    int Principals,
    bool Pinned = false)
{
    /// <summary>
    /// True when each cluster that was trained on has a model of its own beside it. False in what was published before clusters had.
    /// </summary>
    public bool IsOfFleet { get; init; }
}
