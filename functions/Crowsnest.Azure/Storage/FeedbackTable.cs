using Azure;
using Azure.Data.Tables;

namespace Crowsnest.Azure.Storage;

/// <summary>What analysts said of incidents, in the table <c>suppressions</c>. The last answer counts.</summary>
public sealed class FeedbackTable(StorageClients storage)
{
    private const string Prefix = "feedback|";

    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.SuppressionsTable);

    /// <param name="cluster">The cluster.</param>
    /// <param name="incident">Id of the incident.</param>
    /// <param name="answer">Whether it was an attack.</param>
    /// <param name="author">Who says so.</param>
    /// <param name="note">Why.</param>
    /// <param name="at">When.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task WriteAsync(
        string cluster,
        string incident,
        Answer answer,
        string author,
        string note,
        DateTimeOffset at,
        CancellationToken cancellationToken) =>
        _table.UpsertEntityAsync(
            new TableEntity(Prefix + cluster, incident)
            {
                ["Answer"] = answer.ToString(),
                ["Author"] = author,
                ["Note"] = note,
                ["At"] = at,
            },
            TableUpdateMode.Replace,
            cancellationToken);

    /// <summary>Takes an answer back.</summary>
    public Task RemoveAsync(string cluster, string incident, CancellationToken cancellationToken) =>
        _table.DeleteEntityAsync(Prefix + cluster, incident, ETag.All, cancellationToken);

    /// <summary>The answers about a cluster's incidents, by incident, and when each was given.</summary>
    public async Task<IReadOnlyDictionary<string, (Answer Answer, DateTimeOffset At)>> ReadAsync(
        string cluster, CancellationToken cancellationToken)
    {
        Dictionary<string, (Answer, DateTimeOffset)> answers = new(StringComparer.Ordinal);
        await foreach (TableEntity row in _table.QueryAsync<TableEntity>(
            $"PartitionKey eq '{Prefix}{cluster}'", cancellationToken: cancellationToken))
        {
            answers[row.RowKey] = (Enum.Parse<Answer>(row.GetString("Answer")), row.GetDateTimeOffset("At") ?? default);
        }

        return answers;
    }
}
