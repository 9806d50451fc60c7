using System.Diagnostics.Metrics;
using Crowsnest.Core.Intake;

namespace Crowsnest.Azure.Ingestion;

/// <summary>Counts what came in, for OpenTelemetry: <c>crowsnest.intake.records</c> by cluster and outcome.</summary>
public sealed class IntakeMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _records;
    private readonly Counter<long> _detections;

    public IntakeMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(CrowsnestMeter.Name);
        _records = _meter.CreateCounter<long>("crowsnest.intake.records", "{record}", "Records that came in, by outcome.");
        _detections = _meter.CreateCounter<long>("crowsnest.detections", "{detection}", "Matches of rules and of the model.");
    }

    public void Dispose() => _meter.Dispose();

    internal void Count(IReadOnlyDictionary<string, IntakeCounts> counts, int detections)
    {
        foreach ((string cluster, IntakeCounts count) in counts)
        {
            Add(cluster, "parsed", count.Parsed);
            Add(cluster, "salvaged", count.Salvaged);
            Add(cluster, "duplicate", count.Duplicate);
            Add(cluster, "other_category", count.OtherCategory);
            Add(cluster, "quarantined", count.Quarantined);
        }

        _detections.Add(detections);
    }

    private void Add(string cluster, string outcome, int count)
    {
        if (count > 0)
        {
            _records.Add(count, new("cluster", cluster), new("outcome", outcome));
        }
    }
}
