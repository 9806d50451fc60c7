using Crowsnest.Learning;

namespace Crowsnest.Azure.Storage;

/// <summary>What is to be known of a trained model; lies beside its artefact.</summary>
public sealed record ModelCard
{
    public required string Artefact { get; init; }

    public required string Version { get; init; }

    public required DateTimeOffset Trained { get; init; }

    /// <summary>First event time.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Last event time.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Requests learned from.</summary>
    public required int Events { get; init; }

    public required int Principals { get; init; }

    /// <summary>The model that it was compared with, or null.</summary>
    public required string? Previous { get; init; }

    /// <summary>False when a gate kept it from being used.</summary>
    public required bool Accepted { get; init; }

    public required IReadOnlyList<RetrainingGate> Gates { get; init; }

    /// <summary>Alerts that the previous model gave since its training, over those its budget allows; null when unknown.</summary>
    public required double? Drift { get; init; }

    /// <summary>What became usual with this model.</summary>
    public required IReadOnlyList<string> NewlyAccepted { get; init; }
}
