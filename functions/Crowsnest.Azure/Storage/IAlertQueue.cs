namespace Crowsnest.Azure.Storage;

/// <summary>Where alerts wait to be sent.</summary>
public interface IAlertQueue
{
    /// <summary>Asks for an alert to be sent, not before some time has passed.</summary>
    Task SendAsync(AlertMessage message, TimeSpan delay, CancellationToken cancellationToken);
}
