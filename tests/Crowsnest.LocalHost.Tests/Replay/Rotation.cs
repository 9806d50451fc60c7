namespace Crowsnest.LocalHost.Tests.Replay;

/// <summary>Who rotates a log, and how the rotated files are named.</summary>
public enum Rotation
{
    /// <summary>
    /// By the API server itself: <c>audit-2026-11-26T01-02-03.000.log</c>; compressed files have the time of compression.
    /// </summary>
    Lumberjack,

    /// <summary>By logrotate: <c>audit.log.1</c>; gzip keeps the time of the file.</summary>
    Numbered,

    /// <summary>By logrotate with <c>dateext</c>: <c>audit.log-20261126010203</c>.</summary>
    Dated,
}
