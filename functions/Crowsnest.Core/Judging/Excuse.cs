using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Judging;

/// <summary>Why a finding says less than it would of others. It is made, kept and shown as any other, and is no evidence.</summary>
/// <param name="Reason">What is said of it.</param>
/// <param name="Most">The most that it weighs.</param>
internal sealed record Excuse(Reason Reason, Severity Most);
