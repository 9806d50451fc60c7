using Azure.Data.Tables;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// Rows of clusters on their way to the partitions that they share, in as few transactions as hold them. Those of a cluster get there in
/// the order in which they were added: at once, or one transaction after the other.
/// </summary>
internal sealed class SharedRows
{
    private readonly SortedDictionary<(string Partition, string Cluster), List<TableTransactionAction>> _clusters = [];

    internal void Replace(string cluster, TableEntity row) => Add(cluster, TableTransactionActionType.UpsertReplace, row);

    internal void Merge(string cluster, TableEntity row) => Add(cluster, TableTransactionActionType.UpsertMerge, row);

    internal Task SubmitAsync(TableClient table, CancellationToken cancellationToken) =>
        Task.WhenAll(Courses().Select(course => SubmitAsync(table, course, cancellationToken)));

    /// <summary>
    /// What is sent side by side; in each, what goes one after the other: one transaction with the rows of several clusters, or the
    /// transactions of a cluster that has too many for one.
    /// </summary>
    internal IEnumerable<IReadOnlyList<IReadOnlyList<TableTransactionAction>>> Courses() =>
        _clusters.GroupBy(static pair => pair.Key.Partition, static pair => pair.Value).SelectMany(Courses);

    private void Add(string cluster, TableTransactionActionType type, TableEntity row)
    {
        (string, string) key = (row.PartitionKey, cluster);
        if (!_clusters.TryGetValue(key, out List<TableTransactionAction>? rows))
        {
            _clusters.Add(key, rows = []);
        }

        rows.Add(new TableTransactionAction(type, row));
    }

    private static IEnumerable<IReadOnlyList<IReadOnlyList<TableTransactionAction>>> Courses(
        IEnumerable<List<TableTransactionAction>> clusters)
    {
        List<TableTransactionAction> some = [];
        int sum = 0;
        foreach (List<TableTransactionAction> rows in clusters)
        {
            int size = rows.Sum(SizeOf);
            if (rows.Count > TableTransactions.MostRows || size > TableTransactions.Largest)
            {
                yield return [.. rows.InTransactions(SizeOf)];
                continue;
            }

            if (some.Count + rows.Count > TableTransactions.MostRows || sum + size > TableTransactions.Largest)
            {
                yield return [some];
                some = [];
                sum = 0;
            }

            some.AddRange(rows);
            sum += size;
        }

        if (some.Count > 0)
        {
            yield return [some];
        }
    }

    private static async Task SubmitAsync(
        TableClient table, IReadOnlyList<IReadOnlyList<TableTransactionAction>> course, CancellationToken cancellationToken)
    {
        foreach (IReadOnlyList<TableTransactionAction> rows in course)
        {
            await table.SubmitAsync(rows, cancellationToken);
        }
    }

    // Bytes are sent as base64.
    private static int SizeOf(TableTransactionAction action) => ((IDictionary<string, object>)action.Entity).Values.Sum(
        static value => value switch { byte[] bytes => bytes.Length * 4 / 3, string text => text.Length, _ => 0 });
}
