using Crowsnest.Core.Audit;
using Crowsnest.Core.Features;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;

namespace Crowsnest.Cli.Evaluation;

/// <summary>The baseline of the textbook: the squared distance from the plane that normal feature vectors lie near.</summary>
/// <param name="model">Gives the profile that surprises are measured with.</param>
/// <param name="plane">The plane.</param>
internal sealed class ResidualDetector(AnomalyModel model, PrincipalComponents plane) : IDetector
{
    private readonly TraitReader _reader = model.CreateReader();
    private readonly SurpriseMemo _memo = new(model.Profile);
    private readonly EventTraits _traits = new();
    private readonly float[] _features = new float[FeatureVector.Length];
    private readonly float[] _residual = new float[FeatureVector.Length];

    public string Name => "PCA, absolute residual alone";

    public double Score(AuditEvent audit)
    {
        using EventView view = new(audit);
        _reader.Read(view, _traits);
        FeatureVector.Compute(_memo, _traits, _features);
        return plane.Residual(_features, _residual);
    }
}
