using System.Diagnostics.Metrics;

namespace Crowsnest.Azure.Training;

/// <summary>What training finds out about the model in use, for OpenTelemetry.</summary>
public sealed class ModelMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Gauge<double> _drift;

    public ModelMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(CrowsnestMeter.Name);
        _drift = _meter.CreateGauge<double>("crowsnest.model.drift", "1", "Alerts since the training over those the budget allows.");
    }

    public void Dispose() => _meter.Dispose();

    internal void Drifted(double? drift)
    {
        if (drift is { } ratio)
        {
            _drift.Record(ratio);
        }
    }
}
