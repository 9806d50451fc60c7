using Crowsnest.Core.Activity;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Features;

namespace Crowsnest.Core.Scoring;

/// <summary>A trained model: what is normal, how surprises add up to a risk, and how rare a risk is.</summary>
public sealed class AnomalyModel(
    ModelInfo info,
    byte[] hashKey,
    Profile profile,
    RiskModel risk,
    Calibration calibration)
{
    // The platform's own identities change their ways with every upgrade, and an attacker who holds one is rare: it takes ten
    // times the odds before anyone hears of them. The natural logarithm of ten.
    private const float PlatformHandicap = 2.3026f;

    private readonly ActivityHistory _activity = ActivityHistory.Empty;

    public ModelInfo Info { get; } = info;

    /// <summary>Key of the hashes in the profile.</summary>
    public IReadOnlyList<byte> HashKey { get; } = hashKey;

    public Profile Profile { get; } = profile;

    public RiskModel Risk { get; } = risk;

    public Calibration Calibration { get; } = calibration;

    /// <summary>What is usual for the correlations that count.</summary>
    public ActivityHistory Activity
    {
        get => _activity;
        init => _activity = value.LearnedOn(Info.From, Info.To);
    }

    /// <summary>Version, from the artefact's content; empty until it is written or read.</summary>
    public string Version { get; init; } = "";

    /// <summary>True for a model of other clusters, which knows what is usual for classes of principals and nobody by name.</summary>
    public bool IsPrior { get; private init; }

    /// <summary>The model as it judges a cluster that it was not trained on.</summary>
    public AnomalyModel AsPrior() => IsPrior ? this
        : new AnomalyModel(Info, hashKey, Profile, Risk, Calibration) { Version = Version, IsPrior = true };

    /// <summary>A reader whose traits this model understands. Not thread-safe: one per worker.</summary>
    public TraitReader CreateReader() => new(new TraitHasher(hashKey), IsPrior);

    /// <summary>Scores an event.</summary>
    /// <param name="traits">The event.</param>
    /// <param name="memo">The caller's memory of this model's profile.</param>
    public AnomalyScore Score(EventTraits traits, SurpriseMemo memo)
    {
        Span<float> features = stackalloc float[FeatureVector.Length];
        FeatureVector.Compute(memo, traits, features);
        float odds = LogOdds(Risk, features, traits.PrincipalClass);
        return new AnomalyScore(odds, Calibration.ExpectedPerDay(odds));
    }

    /// <summary>True when the model was trained on days near the time, so that whom it never saw may be new.</summary>
    public bool IsOf(DateTimeOffset time) => ActivityHistory.IsNear(Info.From, Info.To, time);

    /// <summary>The log-odds that an event is not its principal's own.</summary>
    /// <param name="risk">The weights.</param>
    /// <param name="features">The feature vector.</param>
    /// <param name="principal">Whose event it is.</param>
    public static float LogOdds(RiskModel risk, ReadOnlySpan<float> features, PrincipalClass principal)
    {
        Span<float> inputs = stackalloc float[RiskInputs.Length];
        RiskInputs.Compute(features, inputs);
        return risk.Score(inputs) - (principal.IsPlatform() ? PlatformHandicap : 0);
    }

    /// <summary>The features that raise the risk, most important first.</summary>
    /// <param name="traits">The event.</param>
    /// <param name="memo">The caller's memory of this model's profile.</param>
    /// <returns>Index of the feature and its share of what raises the risk, 0 to 1.</returns>
    public IReadOnlyList<(int Feature, float Share)> Contributions(EventTraits traits, SurpriseMemo memo)
    {
        float[] features = new float[FeatureVector.Length];
        float[] parts = new float[RiskInputs.Length];
        FeatureVector.Compute(memo, traits, features);
        RiskInputs.Compute(features, parts);
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] *= Risk.Weights[i];
        }

        float[] shares = new float[FeatureVector.Length];
        RiskInputs.Attribute(parts, shares);
        float sum = shares.Sum();
        return sum <= 0 ? []
            : [.. shares.Select((part, index) => (index, part / sum)).OrderByDescending(static p => p.Item2)];
    }
}
