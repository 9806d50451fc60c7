using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Alerts;

/// <summary>
/// How many alerts a cluster may give a day. Rules, model and correlations meet in one ranking: the gravest come first, and
/// the last of the budget is kept for them, since the worst of a day may come late.
/// </summary>
public sealed class AlertBudget(StorageClients storage, TimeProvider clock, IOptions<CrowsnestOptions> options)
{
    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.AlertsTable);

    /// <summary>What orders incidents: severity, then how far they went, then the oddness of the worst.</summary>
    public static (Severity Severity, int Tactics, double Score) RankOf(Incident incident) =>
        (incident.Severity, incident.Tactics.Count, incident.Lead.Score);

    /// <summary>Takes one alert out of today's budget. Asked again about the same alert it gives the same answer for nothing.</summary>
    /// <returns>False when the budget has none left for an incident of that severity.</returns>
    public async Task<bool> TakeAsync(Incident incident, int revision, CancellationToken cancellationToken)
    {
        DateOnly today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        string partition = $"budget|{incident.Cluster}|{today.ToString("O", CultureInfo.InvariantCulture)}";
        string row = string.Create(CultureInfo.InvariantCulture, $"{incident.Id}|{revision}");
        int taken = 0;
        await foreach (TableEntity entity in _table.QueryAsync<TableEntity>(
            $"PartitionKey eq '{partition}'", select: ["RowKey"], cancellationToken: cancellationToken))
        {
            if (entity.RowKey == row)
            {
                return true;
            }

            taken++;
        }

        if (taken >= ShareOf(incident.Severity) * options.Value.AlertsPerDay)
        {
            return false;
        }

        try
        {
            await _table.AddEntityAsync(new TableEntity(partition, row), cancellationToken);
        }
        catch (RequestFailedException exists) when (exists.Status == 409)
        {
            // Asked for twice.
        }

        return true;
    }

    private static double ShareOf(Severity severity) => severity switch
    {
        Severity.Critical => 1,
        Severity.High => 0.8,
        _ => 0.5,
    };
}
