using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Crowsnest.Azure.Alerts;

namespace Crowsnest.Azure.Storage;

/// <summary>What was sent about which incident. Partition: cluster and UTC day; row: the incident's id and the alert's number.</summary>
public sealed class AlertTable(StorageClients storage, TimeProvider clock)
{
    // Longer than any attempt to send takes; after it, a claim was left behind by an instance that died.
    private static readonly TimeSpan ClaimLasts = TimeSpan.FromMinutes(5);

    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.AlertsTable);

    /// <summary>Claims the right to send the alert.</summary>
    /// <param name="message">The alert.</param>
    /// <param name="ticket">The queue message that asks. A claim left behind by an earlier try of it is its own.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<AlertClaim> ClaimAsync(AlertMessage message, string ticket, CancellationToken cancellationToken)
    {
        TableEntity claim = Row(message, "Sending");
        claim["Ticket"] = ticket;
        try
        {
            await _table.AddEntityAsync(claim, cancellationToken);
            return AlertClaim.Granted;
        }
        catch (RequestFailedException exists) when (exists.Status == 409)
        {
            return await TakeOverAsync(claim, cancellationToken);
        }
    }

    public Task MarkSentAsync(AlertMessage message, string messageId, CancellationToken cancellationToken)
    {
        TableEntity row = Row(message, "Sent");
        row["MessageId"] = messageId;
        return _table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);
    }

    /// <summary>Gives a claim back after a failure, so that the next try need not wait.</summary>
    public Task MarkFailedAsync(AlertMessage message, string reason, CancellationToken cancellationToken)
    {
        TableEntity row = Row(message, "Failed");
        row["Reason"] = reason;
        return _table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);
    }

    private async Task<AlertClaim> TakeOverAsync(TableEntity claim, CancellationToken cancellationToken)
    {
        TableEntity row = await _table.GetEntityAsync<TableEntity>(
            claim.PartitionKey, claim.RowKey, cancellationToken: cancellationToken);
        if (row.GetString("State") == "Sent")
        {
            return AlertClaim.AlreadySent;
        }

        bool abandoned = clock.GetUtcNow() - row.GetDateTimeOffset("At") > ClaimLasts;
        bool own = claim.GetString("Ticket").Length > 0 && row.GetString("Ticket") == claim.GetString("Ticket");
        if (row.GetString("State") != "Failed" && !abandoned && !own)
        {
            return AlertClaim.Busy;
        }

        try
        {
            await _table.UpdateEntityAsync(claim, row.ETag, TableUpdateMode.Replace, cancellationToken);
            return AlertClaim.Granted;
        }
        catch (RequestFailedException raced) when (raced.Status == 412)
        {
            return AlertClaim.Busy;
        }
    }

    private TableEntity Row(AlertMessage message, string state) =>
        new(DetectionTable.PartitionKey(message.Cluster, message.Day), string.Create(CultureInfo.InvariantCulture, $"{message.Incident}|{message.Revision}"))
        {
            ["State"] = state,
            ["At"] = clock.GetUtcNow(),
        };
}
