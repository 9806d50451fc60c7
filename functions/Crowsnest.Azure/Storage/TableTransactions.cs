using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// Transactions on rows of one partition, in a table that may not be there yet: their answer is a success that holds the
/// failure.
/// </summary>
internal static class TableTransactions
{
    // A transaction holds 100 rows and 4 MiB; quotes in texts are escaped on the way.
    internal const int MostRows = 100;
    internal const int Largest = 1_000_000;

    /// <summary>So many rows that can't be written are left out of a transaction, one by one, before all go one by one.</summary>
    internal const int MostLeftOut = 8;

    /// <summary>Cuts rows of one partition to what a transaction holds.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="size">Bytes of a row's content, as it is sent.</param>
    internal static IEnumerable<IReadOnlyList<T>> InTransactions<T>(this IEnumerable<T> rows, Func<T, int> size)
    {
        List<T> some = [];
        int sum = 0;
        foreach (T row in rows)
        {
            int length = size(row);
            if (some.Count == MostRows || (some.Count > 0 && sum + length > Largest))
            {
                yield return some;
                some = [];
                sum = 0;
            }

            some.Add(row);
            sum += length;
        }

        if (some.Count > 0)
        {
            yield return some;
        }
    }

    internal static Task SubmitAsync(
        this TableClient table, TableTransactionActionType action, IEnumerable<TableEntity> rows, CancellationToken cancellationToken) =>
        table.SubmitAsync(
            [
                .. rows.Select(row => new TableTransactionAction(
                    action, row, action == TableTransactionActionType.Delete ? row.ETag : default)),
            ],
            cancellationToken);

    internal static async Task SubmitAsync(
        this TableClient table, IReadOnlyList<TableTransactionAction> actions, CancellationToken cancellationToken)
    {
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

    /// <summary>Deletes rows that have not changed since they were read; the others stay.</summary>
    internal static async Task DeleteUnchangedAsync(
        this TableClient table, IEnumerable<(string PartitionKey, string RowKey, ETag ETag)> rows, CancellationToken cancellationToken)
    {
        foreach (var some in rows.GroupBy(static row => row.PartitionKey).SelectMany(static partition => partition.Chunk(MostRows)))
        {
            await table.DeleteUnchangedAsync([.. some], cancellationToken);
        }
    }

    private static async Task DeleteUnchangedAsync(
        this TableClient table, List<(string PartitionKey, string RowKey, ETag ETag)> rows, CancellationToken cancellationToken)
    {
        for (int leftOut = 0; rows.Count > 1; leftOut++)
        {
            try
            {
                await table.SubmitAsync(
                    TableTransactionActionType.Delete,
                    rows.Select(static row => new TableEntity(row.PartitionKey, row.RowKey) { ETag = row.ETag }),
                    cancellationToken);
                return;
            }
            catch (TableTransactionFailedException changed) when (changed.Status is 404 or 412)
            {
                // A transaction is all or nothing, and says which row stays.
                if (leftOut == MostLeftOut || changed.FailedTransactionActionIndex is not { } index)
                {
                    break;
                }

                rows.RemoveAt(index);
            }
        }

        ParallelOptions several = new() { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(rows, several, async (row, cancel) => await table.DeleteUnchangedAsync(row, cancel));
    }

    private static async Task DeleteUnchangedAsync(
        this TableClient table, (string PartitionKey, string RowKey, ETag ETag) row, CancellationToken cancellationToken)
    {
        try
        {
            await table.DeleteEntityAsync(row.PartitionKey, row.RowKey, row.ETag, cancellationToken);
        }
        catch (RequestFailedException again) when (again.Status is 404 or 412)
        {
            // Whoever comes next looks at it.
        }
    }

    /// <summary>Deletes the rows that a filter finds, a transaction for each hundred of a partition.</summary>
    internal static async Task DeleteAllAsync(this TableClient table, string filter, CancellationToken cancellationToken)
    {
        List<TableEntity> some = [];
        await foreach (TableEntity row in table.QueryAsync<TableEntity>(
            filter, select: ["PartitionKey", "RowKey"], cancellationToken: cancellationToken))
        {
            if (some.Count == MostRows || (some.Count > 0 && some[0].PartitionKey != row.PartitionKey))
            {
                await DeleteAsync();
            }

            row.ETag = ETag.All;
            some.Add(row);
        }

        await DeleteAsync();

        async Task DeleteAsync()
        {
            if (some.Count == 0)
            {
                return;
            }

            try
            {
                await table.SubmitTransactionAsync(
                    some.Select(static row => new TableTransactionAction(TableTransactionActionType.Delete, row)), cancellationToken);
            }
            catch (TableTransactionFailedException gone) when (gone.Status == 404)
            {
                // Another deletes them too. Whoever comes next finds what is left.
            }

            some.Clear();
        }
    }
}
