using Crowsnest.Core.Audit;

namespace Crowsnest.Cli.Evaluation;

/// <summary>Something that says how odd an event is.</summary>
internal interface IDetector
{
    string Name { get; }

    /// <summary>How odd the event is; only comparable within one detector.</summary>
    double Score(AuditEvent audit);
}
