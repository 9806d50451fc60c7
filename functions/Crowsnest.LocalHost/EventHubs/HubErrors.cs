using Microsoft.Azure.Amqp;

namespace Crowsnest.LocalHost.EventHubs;

/// <summary>Refusals in the words by which clients tell them apart.</summary>
internal static class HubErrors
{
    /// <summary>The client reports ResourceNotFound, for which it looks at this very text.</summary>
    internal static AmqpException NotFound(string entity) => new(AmqpErrorCode.NotFound, NotFoundText(entity));

    internal static string NotFoundText(string entity) => $"The messaging entity '{entity}' could not be found.";

    /// <summary>The client reports ConsumerDisconnected.</summary>
    internal static AmqpException Stolen(string text) => new(AmqpErrorCode.Stolen, text);

    /// <summary>The client throws an ArgumentException and does not try again.</summary>
    internal static AmqpException BadArgument(string text) => new("com.microsoft:argument-error", text);

    /// <summary>The client reports ServiceBusy and tries again.</summary>
    internal static AmqpException Busy(string text) => new("com.microsoft:server-busy", text);

    /// <summary>The client throws a NotSupportedException.</summary>
    internal static AmqpException NotImplemented(string text) => new(AmqpErrorCode.NotImplemented, text);
}
