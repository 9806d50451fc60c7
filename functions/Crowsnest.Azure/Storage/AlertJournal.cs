using System.Globalization;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Crowsnest.Core.Alerting;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// What became of every alert, by the day on which it did: what the digest tells. In the table <c>alerts</c>; written twice
/// it is one line.
/// </summary>
public sealed class AlertJournal(StorageClients storage)
{
    // Names can be as long as attackers like, and a text property holds 32 Ki characters.
    private const int LongestText = 500;

    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.AlertsTable);

    public async Task WriteAsync(JournalEntry entry, CancellationToken cancellationToken)
    {
        entry = entry with { Title = SafeText.OneLine(entry.Title, LongestText), Detail = SafeText.OneLine(entry.Detail, LongestText) };
        TableEntity row = new(
            Partition(DateOnly.FromDateTime(entry.At.UtcDateTime)),
            string.Create(CultureInfo.InvariantCulture, $"{entry.Kind}|{entry.Cluster}|{entry.Incident}|{entry.Revision}|{entry.By}"))
        {
            ["At"] = entry.At,
            ["Json"] = JsonSerializer.Serialize(entry, StorageJson.Default.JournalEntry),
        };
        try
        {
            // The first stays: an incident that is looked at every minute is held back once.
            await _table.AddEntityAsync(row, cancellationToken);
        }
        catch (RequestFailedException exists) when (exists.Status == 409)
        {
        }
    }

    /// <summary>The lines since a time, in order of time.</summary>
    public async Task<IReadOnlyList<JournalEntry>> ReadAsync(
        DateTimeOffset since, DateTimeOffset until, CancellationToken cancellationToken)
    {
        List<JournalEntry> entries = [];
        for (DateOnly day = DateOnly.FromDateTime(since.UtcDateTime); day <= DateOnly.FromDateTime(until.UtcDateTime); day = day.AddDays(1))
        {
            await foreach (TableEntity row in _table.QueryAsync<TableEntity>(
                $"PartitionKey eq '{Partition(day)}'", cancellationToken: cancellationToken))
            {
                JournalEntry entry = JsonSerializer.Deserialize(row.GetString("Json"), StorageJson.Default.JournalEntry)!;
                if (entry.At >= since && entry.At < until)
                {
                    entries.Add(entry);
                }
            }
        }

        return [.. entries.OrderBy(static entry => entry.At)];
    }

    private static string Partition(DateOnly day) => $"journal|{day.ToString("O", CultureInfo.InvariantCulture)}";
}
