using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace Crowsnest.Azure.Storage;

/// <summary>Transactions on a table that may not be there yet: their answer is a success that holds the failure.</summary>
internal static class TableTransactions
{
    internal static async Task SubmitAsync(
        this TableClient table, TableTransactionActionType action, IEnumerable<TableEntity> rows, CancellationToken cancellationToken)
    {
        List<TableTransactionAction> actions = [.. rows.Select(row => new TableTransactionAction(action, row))];
        try
        {
            await table.SubmitTransactionAsync(actions, cancellationToken);
        }
        catch (TableTransactionFailedException missing) when (missing.ErrorCode == TableErrorCode.TableNotFound)
        {
            await table.CreateIfNotExistsAsync(cancellationToken);
            await table.SubmitTransactionAsync(actions, cancellationToken);
        }
    }
}
