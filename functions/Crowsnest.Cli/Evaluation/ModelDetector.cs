using Crowsnest.Core.Audit;
using Crowsnest.Core.Features;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;

namespace Crowsnest.Cli.Evaluation;

/// <summary>The trained model.</summary>
internal sealed class ModelDetector(AnomalyModel model) : IDetector
{
    private readonly TraitReader _reader = model.CreateReader();
    private readonly SurpriseMemo _memo = new(model.Profile);
    private readonly EventTraits _traits = new();

    public string Name => "model";

    public double Score(AuditEvent audit)
    {
        using EventView view = new(audit);
        _reader.Read(view, _traits);
        return model.Score(_traits, _memo).LogOdds;
    }
}
