namespace Crowsnest.Core.Detections;

/// <summary>What made a detection.</summary>
public enum DetectionSource
{
    Rule,
    Model,
    Correlation,
}
