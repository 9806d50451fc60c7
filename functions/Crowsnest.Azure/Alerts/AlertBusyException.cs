namespace Crowsnest.Azure.Alerts;

/// <summary>Another instance holds the claim; the queue brings the message again.</summary>
public sealed class AlertBusyException : Exception
{
    public AlertBusyException()
    {
    }

    public AlertBusyException(string message)
        : base(message)
    {
    }

    public AlertBusyException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
