namespace Crowsnest.LocalHost.Triggers;

/// <summary>What is known of a monitored timer's runs; all times UTC.</summary>
/// <param name="Last">When it ran last.</param>
/// <param name="Next">When it is to run next.</param>
/// <param name="LastUpdated">When this was written.</param>
internal sealed record TimerStatus(DateTime Last, DateTime Next, DateTime LastUpdated);
