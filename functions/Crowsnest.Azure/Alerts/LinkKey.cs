using System.Security.Cryptography;
using Azure;
using Azure.Data.Tables;
using Crowsnest.Azure.Storage;

namespace Crowsnest.Azure.Alerts;

/// <summary>
/// The key that links are signed with: made once at random and kept in the table <c>alerts</c>. Whoever can read it there
/// could write suppressions there as well.
/// </summary>
public sealed class LinkKey(StorageClients storage)
{
    private const int Length = 32;
    private const string Partition = "key";
    private const string Row = "links";

    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.AlertsTable);
    private TicketSigner? _signer;

    public async Task<TicketSigner> SignerAsync(CancellationToken cancellationToken)
    {
        if (_signer is not null)
        {
            return _signer;
        }

        try
        {
            await _table.AddEntityAsync(
                new TableEntity(Partition, Row) { ["Key"] = RandomNumberGenerator.GetBytes(Length) }, cancellationToken);
        }
        catch (RequestFailedException exists) when (exists.Status == 409)
        {
            // Made before, or by another instance.
        }

        TableEntity row = await _table.GetEntityAsync<TableEntity>(Partition, Row, cancellationToken: cancellationToken);
        return _signer = new TicketSigner(row.GetBinary("Key"));
    }
}
