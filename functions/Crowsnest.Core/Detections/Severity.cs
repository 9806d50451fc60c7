namespace Crowsnest.Core.Detections;

/// <summary>How bad a detection or incident is; the levels of Sigma.</summary>
public enum Severity
{
    Informational,
    Low,
    Medium,
    High,
    Critical,
}
