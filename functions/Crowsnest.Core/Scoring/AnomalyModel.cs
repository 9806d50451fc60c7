using Crowsnest.Core.Features;

namespace Crowsnest.Core.Scoring;

/// <summary>A trained model: what is normal, the plane normal events lie near, and how rare a distance from it is.</summary>
public sealed class AnomalyModel(
    ModelInfo info,
    byte[] hashKey,
    Profile profile,
    PrincipalComponents components,
    Calibration calibration)
{
    public ModelInfo Info { get; } = info;

    /// <summary>Key of the hashes in the profile.</summary>
    public IReadOnlyList<byte> HashKey { get; } = hashKey;

    public Profile Profile { get; } = profile;

    public PrincipalComponents Components { get; } = components;

    public Calibration Calibration { get; } = calibration;

    /// <summary>Version, from the artefact's content; empty until it is written or read.</summary>
    public string Version { get; init; } = "";

    /// <summary>A reader whose traits this model understands. Not thread-safe: one per worker.</summary>
    public TraitReader CreateReader() => new(new TraitHasher(hashKey));

    /// <summary>Scores an event.</summary>
    /// <param name="traits">The event.</param>
    /// <param name="memo">The caller's memory of this model's profile.</param>
    public AnomalyScore Score(EventTraits traits, SurpriseMemo memo)
    {
        Span<float> features = stackalloc float[FeatureVector.Length];
        Span<float> residual = stackalloc float[FeatureVector.Length];
        FeatureVector.Compute(memo, traits, features);
        float distance = Components.Residual(features, residual);
        return new AnomalyScore(distance, Calibration.ExpectedPerDay(distance));
    }

    /// <summary>The features that are higher than the rest of the event lets expect, most important first.</summary>
    /// <param name="traits">The event.</param>
    /// <param name="memo">The caller's memory of this model's profile.</param>
    /// <returns>Index of the feature and its share of the squared distance, 0 to 1.</returns>
    public IReadOnlyList<(int Feature, float Share)> Contributions(EventTraits traits, SurpriseMemo memo)
    {
        float[] features = new float[FeatureVector.Length];
        float[] residual = new float[FeatureVector.Length];
        FeatureVector.Compute(memo, traits, features);
        float distance = Components.Residual(features, residual);
        return distance <= 0
            ? []
            : [.. residual.Select((part, index) => (index, part > 0 ? part * part / distance : 0))
                .OrderByDescending(static p => p.Item2)];
    }
}
