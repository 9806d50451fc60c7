using Microsoft.Extensions.Logging;

namespace Crowsnest.Azure;

/// <summary>What the adapters log. Never tokens, secrets or bodies.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Information,
        "Partition {Partition} {First}-{Last}: {Total} records ({Parsed} parsed, {Salvaged} salvaged, {Duplicate} duplicate, "
        + "{OtherCategory} other category, {Quarantined} quarantined), {Judged} requests judged, {Detections} detections")]
    internal static partial void BatchIngested(
        ILogger logger, string partition, long first, long last, int total, int parsed, int salvaged, int duplicate,
        int otherCategory, int quarantined, int judged, int detections);

    [LoggerMessage(101, LogLevel.Warning, "The archive name {Path} holds other bytes; wrote {Other} instead")]
    internal static partial void ArchiveNameTaken(ILogger logger, string path, string other);

    [LoggerMessage(102, LogLevel.Error, "Message {Sequence} of partition {Partition} can't be taken in and lies in {Path}")]
    internal static partial void MessageSetAside(ILogger logger, string partition, long sequence, string path, Exception fault);

    [LoggerMessage(110, LogLevel.Information, "{Count} rules loaded, with {UserFiles} files of the user's own; {Errors} left out")]
    internal static partial void RulesLoaded(ILogger logger, int count, int userFiles, int errors);

    [LoggerMessage(111, LogLevel.Error, "Rule left out: {File}({Line}): {Problem}")]
    internal static partial void RuleLeftOut(ILogger logger, string file, long line, string problem);

    [LoggerMessage(112, LogLevel.Error, "The rules could not be read; those in use stay")]
    internal static partial void RulesNotRead(ILogger logger, Exception fault);

    [LoggerMessage(120, LogLevel.Information, "Model {Version} loaded from {Source}")]
    internal static partial void ModelLoaded(ILogger logger, string version, string source);

    [LoggerMessage(121, LogLevel.Error, "The published model could not be loaded; the one in use stays")]
    internal static partial void ModelNotLoaded(ILogger logger, Exception fault);

    [LoggerMessage(122, LogLevel.Warning, "There is no model at {Path}; judging by rules alone until one is trained")]
    internal static partial void NoModel(ILogger logger, string path);

    [LoggerMessage(123, LogLevel.Information,
        "Trained model {Version} from {Events} requests of {Principals} principals in {Aggregates} aggregates: {Outcome}")]
    internal static partial void ModelTrained(
        ILogger logger, string version, int events, int principals, int aggregates, string outcome);

    [LoggerMessage(124, LogLevel.Warning, "No model was trained: {Reason}")]
    internal static partial void TrainingSkipped(ILogger logger, string reason);

    [LoggerMessage(125, LogLevel.Warning,
        "Model {Version} drifts: since its training it gave {Drift:0.0} times the alerts that its budget allows")]
    internal static partial void ModelDrifts(ILogger logger, string version, double drift);

    [LoggerMessage(130, LogLevel.Information, "Alert about incident {Incident} in {Cluster} sent over {Channel} as {MessageId}")]
    internal static partial void AlertSent(ILogger logger, string incident, string cluster, string channel, string messageId);

    [LoggerMessage(131, LogLevel.Error, "Incident {Incident} in {Cluster} has no detections; its alert is dropped")]
    internal static partial void IncidentHasNoDetections(ILogger logger, string incident, string cluster);

    [LoggerMessage(132, LogLevel.Warning,
        "Alert about incident {Incident} in {Cluster} could not be sent over {Channel}, try {Attempt}; it is tried again: {Detail}")]
    internal static partial void AlertNotSent(ILogger logger, string incident, string cluster, string channel, int attempt, string detail);

    [LoggerMessage(133, LogLevel.Error, "Alert about incident {Incident} in {Cluster} was refused by {Channel}: {Detail}")]
    internal static partial void AlertRefused(ILogger logger, string incident, string cluster, string channel, string detail);

    [LoggerMessage(134, LogLevel.Warning, "Alert about incident {Incident} in {Cluster} had failed too often and is tried again")]
    internal static partial void AlertRecovered(ILogger logger, string incident, string cluster);

    [LoggerMessage(135, LogLevel.Error,
        "Message {Message} of the alert queue is no alert, or was tried for a day; it is recorded for the digest")]
    internal static partial void AlertUnreadable(ILogger logger, string message);

    [LoggerMessage(140, LogLevel.Information,
        "{Cluster}: {Marks} marks, {Updated} incidents updated, {Alerts} alerts asked for, {Held} held back, in {Seconds:0.0} s")]
    internal static partial void Correlated(
        ILogger logger, string cluster, int marks, int updated, int alerts, int held, double seconds);

    [LoggerMessage(144, LogLevel.Warning, "{Cluster}: the time is over, {Marks} marks are left for the next run")]
    internal static partial void CorrelationGoesOn(ILogger logger, string cluster, int marks);

    [LoggerMessage(145, LogLevel.Error, "{Cluster}: {Days} days of actors could not be put together into incidents")]
    internal static partial void NotCorrelated(ILogger logger, string cluster, int days, Exception fault);

    [LoggerMessage(141, LogLevel.Error, "In {Cluster} more than {Most} days of actors hang together; the incident is cut")]
    internal static partial void IncidentTooLarge(ILogger logger, string cluster, int most);

    [LoggerMessage(142, LogLevel.Error, "The activity in {Partition} {Row} could not be read and is left out")]
    internal static partial void ActivityNotRead(ILogger logger, string partition, string row, Exception fault);

    [LoggerMessage(143, LogLevel.Error, "Incident {Incident} in {Cluster} could not be written and is left as it was")]
    internal static partial void IncidentNotWritten(ILogger logger, string incident, string cluster, Exception fault);

    [LoggerMessage(150, LogLevel.Warning, "Feed of {Cluster}, {Kind}: {What}")]
    internal static partial void FeedFault(ILogger logger, string cluster, Core.Feeds.FeedFaultKind kind, string what);

    [LoggerMessage(151, LogLevel.Warning, "The canary could not be sent to the API server of {Cluster}: {Problem}")]
    internal static partial void CanaryNotSent(ILogger logger, string cluster, string problem);

    [LoggerMessage(152, LogLevel.Warning, "The digest goes without its chart, which could not be drawn")]
    internal static partial void ChartNotDrawn(ILogger logger, Exception fault);

    [LoggerMessage(160, LogLevel.Error, "What arrived in the hour of {Hour:u} could not be compacted and stays raw")]
    internal static partial void HourNotCompacted(ILogger logger, DateTime hour, Exception fault);

    [LoggerMessage(161, LogLevel.Error, "The raw blob {Blob} is damaged and was set aside: {Reason}")]
    internal static partial void RawBlobDamaged(ILogger logger, string blob, string reason);

    [LoggerMessage(163, LogLevel.Error, "Raw blobs of the hour of {Hour:u} are old enough to be deleted and are kept: {Why}")]
    internal static partial void RawKept(ILogger logger, DateTime hour, string why);

    [LoggerMessage(162, LogLevel.Error, "The training aggregate {Path} could not be read and is left out")]
    internal static partial void AggregateNotRead(ILogger logger, string path, Exception fault);

    [LoggerMessage(170, LogLevel.Information, "{Asker} asked the archive ({Kind}): {Question}; cluster {Cluster}, from {From} to {To}")]
    internal static partial void ArchiveAsked(
        ILogger logger, string asker, string kind, string question, string? cluster, DateTimeOffset? from, DateTimeOffset? to);

    [LoggerMessage(171, LogLevel.Information, "{Asker} got no answer from the archive ({Kind}): {Reason}")]
    internal static partial void ArchiveRefused(ILogger logger, string asker, string kind, string reason);
}
