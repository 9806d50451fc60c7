namespace Crowsnest.Functions;

/// <summary>What the function app logs.</summary>
internal static partial class Log
{
    [LoggerMessage(200, LogLevel.Information, "{Outcome}")]
    internal static partial void Outcome(ILogger logger, string outcome);

    [LoggerMessage(201, LogLevel.Error, "A webhook body could not be stored; the API server is told to send it again")]
    internal static partial void WebhookNotStored(ILogger logger, Exception fault);

    [LoggerMessage(202, LogLevel.Error,
        "A batch of partition {Partition} has failed {Retries} times for its own sake; its messages are taken in one by one")]
    internal static partial void BatchKeepsFailing(ILogger logger, string partition, int retries, Exception fault);

    [LoggerMessage(210, LogLevel.Information, "{Visitor} opened {Method} {Page}{Query}")]
    internal static partial void PageOpened(ILogger logger, string visitor, string method, string page, string query);

    [LoggerMessage(211, LogLevel.Warning, "{Visitor}, whose role is {Role}, was refused {Page}")]
    internal static partial void PageRefused(ILogger logger, string visitor, string role, string page);
}
