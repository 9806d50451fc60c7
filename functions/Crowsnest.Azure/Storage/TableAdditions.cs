using Azure;
using Azure.Data.Tables;

namespace Crowsnest.Azure.Storage;

/// <summary>Adds rows of which some may be there already, because a batch was delivered again or another holds the same events.</summary>
internal static class TableAdditions
{
    private const int MostAtOnce = 16;

    internal static ParallelOptions Several(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellationToken };

    /// <summary>Adds those of a transaction that are not there.</summary>
    internal static async Task AddMissingAsync(
        this TableClient table, IReadOnlyList<TableEntity> rows, CancellationToken cancellationToken)
    {
        for (int leftOut = 0; rows.Count > 1; leftOut++)
        {
            try
            {
                await table.SubmitAsync(TableTransactionActionType.Add, rows, cancellationToken);
                return;
            }
            catch (TableTransactionFailedException exists) when (exists.Status == 409)
            {
                // A transaction is all or nothing, and says which row was there.
                if (leftOut == TableTransactions.MostLeftOut || exists.FailedTransactionActionIndex is not { } index)
                {
                    break;
                }

                rows = [.. rows.Take(index), .. rows.Skip(index + 1)];
            }
        }

        await Parallel.ForEachAsync(rows, Several(cancellationToken), async (row, cancel) => await table.AddMissingAsync(row, cancel));
    }

    private static async Task AddMissingAsync(this TableClient table, TableEntity row, CancellationToken cancellationToken)
    {
        try
        {
            await table.AddEntityAsync(row, cancellationToken);
        }
        catch (RequestFailedException exists) when (exists.Status == 409)
        {
        }
    }
}
