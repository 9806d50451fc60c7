namespace Crowsnest.Azure.Storage;

/// <summary>Where clusters wait to be correlated.</summary>
public interface ICorrelationQueue
{
    /// <summary>Asks for a cluster to be correlated, not before some time has passed.</summary>
    Task AskAsync(string cluster, TimeSpan delay, CancellationToken cancellationToken);
}
