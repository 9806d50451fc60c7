using Crowsnest.Core.Intake;

namespace Crowsnest.Azure.Ingestion;

/// <summary>Takes in messages.</summary>
public interface IAuditIngestor
{
    /// <summary>
    /// Takes in a batch. It may be brought again without harm, so an exception only ever means that it should be.
    /// </summary>
    /// <param name="messages">The messages, in order.</param>
    /// <param name="partition">The partition that they come from.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IntakeCounts> IngestAsync(IReadOnlyList<HubMessage> messages, string partition, CancellationToken cancellationToken);
}
