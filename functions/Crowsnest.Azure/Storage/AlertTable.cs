using System.Globalization;
using Azure;
using Azure.Data.Tables;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// What was sent about which incident over which channel. Partition: cluster and UTC day; row: the incident's id, the
/// alert's number, and the channel. A claim is taken before anything goes out, so of many who are asked at once one sends.
/// </summary>
public sealed class AlertTable(StorageClients storage, TimeProvider clock)
{
    // Sent once, and once more if the first time nobody could tell.
    private const int MostUnsure = 2;

    private const string Sending = "Sending";
    private const string Failed = "Failed";

    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.AlertsTable);

    /// <summary>Longer than any attempt to send takes; after it, a claim was left behind by an instance that died.</summary>
    public static TimeSpan ClaimLasts { get; } = TimeSpan.FromMinutes(3);

    /// <summary>Claims the right to send an alert.</summary>
    /// <param name="message">The alert.</param>
    /// <param name="channel">Name of the channel.</param>
    /// <param name="mayRepeat">True when the receiver takes what comes twice for one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<AlertClaim> ClaimAsync(AlertMessage message, string channel, bool mayRepeat, CancellationToken cancellationToken)
    {
        TableEntity claim = Row(message, channel, Sending, unsure: 0);
        try
        {
            await _table.AddEntityAsync(claim, cancellationToken);
            return AlertClaim.Granted;
        }
        catch (RequestFailedException exists) when (exists.Status == 409)
        {
            return await TakeOverAsync(claim, mayRepeat, cancellationToken);
        }
    }

    /// <summary>Records what became of a claim for good.</summary>
    /// <param name="message">The alert.</param>
    /// <param name="channel">Name of the channel.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="detail">The message id, or why it failed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task SettleAsync(
        AlertMessage message, string channel, JournalKind outcome, string detail, CancellationToken cancellationToken)
    {
        TableEntity row = Row(message, channel, outcome.ToString(), unsure: 0);
        row["Settled"] = true;
        row["Detail"] = detail;
        return _table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);
    }

    /// <summary>Gives a claim back after a failure, so that the next try need not wait.</summary>
    /// <param name="message">The alert.</param>
    /// <param name="channel">Name of the channel.</param>
    /// <param name="mayHaveArrived">True when it had gone out before the connection failed.</param>
    /// <param name="detail">Why it failed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ReleaseAsync(
        AlertMessage message, string channel, bool mayHaveArrived, string detail, CancellationToken cancellationToken)
    {
        TableEntity row = Row(message, channel, Failed, unsure: 0);
        TableEntity held = await _table.GetEntityAsync<TableEntity>(row.PartitionKey, row.RowKey, cancellationToken: cancellationToken);
        row["Unsure"] = (held.GetInt32("Unsure") ?? 0) + (mayHaveArrived ? 1 : 0);
        row["Detail"] = detail;
        await _table.UpdateEntityAsync(row, held.ETag, TableUpdateMode.Replace, cancellationToken);
    }

    private async Task<AlertClaim> TakeOverAsync(TableEntity claim, bool mayRepeat, CancellationToken cancellationToken)
    {
        TableEntity row = await _table.GetEntityAsync<TableEntity>(
            claim.PartitionKey, claim.RowKey, cancellationToken: cancellationToken);
        if (row.GetBoolean("Settled") == true)
        {
            return AlertClaim.Settled;
        }

        int unsure = row.GetInt32("Unsure") ?? 0;
        if (row.GetString("State") == Sending)
        {
            if (clock.GetUtcNow() - row.GetDateTimeOffset("At") <= ClaimLasts)
            {
                return AlertClaim.Busy;
            }

            // Whoever held it died between claiming and recording.
            unsure++;
        }

        if (unsure >= MostUnsure && !mayRepeat)
        {
            return AlertClaim.Unsure;
        }

        try
        {
            claim["Unsure"] = unsure;
            await _table.UpdateEntityAsync(claim, row.ETag, TableUpdateMode.Replace, cancellationToken);
            return AlertClaim.Granted;
        }
        catch (RequestFailedException raced) when (raced.Status == 412)
        {
            return AlertClaim.Busy;
        }
    }

    private TableEntity Row(AlertMessage message, string channel, string state, int unsure) =>
        new(
            DetectionTable.PartitionKey(message.Cluster, message.Day),
            string.Create(CultureInfo.InvariantCulture, $"{message.Incident}|{message.Revision}|{channel}"))
        {
            ["State"] = state,
            ["At"] = clock.GetUtcNow(),
            ["Unsure"] = unsure,
        };
}
