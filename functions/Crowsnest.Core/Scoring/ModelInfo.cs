namespace Crowsnest.Core.Scoring;

/// <summary>What a model was made from.</summary>
/// <param name="From">First event time.</param>
/// <param name="To">Last event time.</param>
/// <param name="Events">Events learned from.</param>
/// <param name="Principals">Distinct principals, kubelets counted as one.</param>
/// <param name="Features">Names of the features, in the order of the vector.</param>
public sealed record ModelInfo(
    DateTimeOffset From,
    DateTimeOffset To,
    int Events,
    int Principals,
    IReadOnlyList<string> Features);
