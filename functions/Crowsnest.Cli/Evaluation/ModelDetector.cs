using Crowsnest.Core.Audit;
using Crowsnest.Core.Features;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;

namespace Crowsnest.Cli.Evaluation;

/// <summary>The trained model: the squared distance from the plane that normal events lie near.</summary>
internal sealed class ModelDetector(AnomalyModel model) : IDetector
{
    private readonly TraitReader _reader = model.CreateReader();
    private readonly SurpriseMemo _memo = new(model.Profile);
    private readonly EventTraits _traits = new();

    public string Name => "model (PCA, absolute residual)";

    public double Score(AuditEvent audit)
    {
        using EventView view = new(audit);
        _reader.Read(view, _traits);
        return model.Score(_traits, _memo).Residual;
    }
}
