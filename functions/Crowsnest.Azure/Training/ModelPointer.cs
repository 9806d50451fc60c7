namespace Crowsnest.Azure.Training;

/// <summary>Which artefact is in use, and what it was made from.</summary>
public sealed record ModelPointer(
    string Artefact,
    string Version,
    DateTimeOffset Published,
    DateTimeOffset From,
    DateTimeOffset To,
    int Events,
    int Principals);
