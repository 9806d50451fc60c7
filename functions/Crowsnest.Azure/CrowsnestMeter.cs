namespace Crowsnest.Azure;

/// <summary>The meter of all that Crowsnest counts, for OpenTelemetry.</summary>
public static class CrowsnestMeter
{
    public const string Name = "Crowsnest";
}
