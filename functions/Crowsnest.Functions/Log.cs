namespace Crowsnest.Functions;

/// <summary>What the function app logs.</summary>
internal static partial class Log
{
    [LoggerMessage(200, LogLevel.Error, "{Function} failed; the host will try again by the trigger's rules")]
    internal static partial void InvocationFailed(ILogger logger, string function, Exception fault);

    [LoggerMessage(201, LogLevel.Error, "A webhook body could not be stored; the API server is told to send it again")]
    internal static partial void WebhookNotStored(ILogger logger, Exception fault);
}
