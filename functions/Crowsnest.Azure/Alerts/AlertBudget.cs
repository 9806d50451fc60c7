using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Alerts;

/// <summary>
/// How many alerts a cluster may give a day, so that no flood hides what is grave. Critical incidents and the first of each kind are
/// always told; of more of a kind some are, and of all together as many as the budget allows. The rest is told in a summary.
/// </summary>
public sealed class AlertBudget(StorageClients storage, TimeProvider clock, IOptions<CrowsnestOptions> options)
{
    // A kind may use so much of the budget: five floods at once leave room for what is none.
    private const double ShareOfKind = 0.2;

    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.AlertsTable);

    /// <summary>What orders incidents: severity, then how far they went, then the oddness of the worst.</summary>
    public static (Severity Severity, int Tactics, double Score) RankOf(Incident incident) =>
        (incident.Severity, incident.Tactics.Count, incident.Lead.Score);

    /// <summary>Incidents are of one kind when the same finding leads them and principals of one class did it.</summary>
    internal static string KindOf(Incident incident)
    {
        Detection lead = incident.Lead;
        string what = lead.Source == DetectionSource.Model ? lead.Rule.Title : lead.Rule.Id;
        return ContentId.Of(what, PrincipalClassifier.Classify(lead.Principal).ToString(), incident.Severity.ToString());
    }

    /// <summary>Takes one alert out of today's budget. Asked again about the same alert it gives the same answer for nothing.</summary>
    /// <returns>False when the incident is to be told in a summary only.</returns>
    public async Task<bool> TakeAsync(Incident incident, int revision, CancellationToken cancellationToken)
    {
        string partition = PartitionToday(incident.Cluster);
        string row = string.Create(CultureInfo.InvariantCulture, $"{incident.Id}|{revision}");
        string kind = KindOf(incident);
        int taken = 0;
        int alike = 0;
        await foreach (TableEntity entity in _table.QueryAsync<TableEntity>(
            $"PartitionKey eq '{partition}'", select: ["RowKey", "Kind"], cancellationToken: cancellationToken))
        {
            if (entity.RowKey == row)
            {
                return true;
            }

            taken++;
            alike += entity.GetString("Kind") == kind ? 1 : 0;
        }

        if (alike > 0 && !IsAlwaysTold(incident) && !HasRoom(incident.Severity, taken, alike))
        {
            return false;
        }

        try
        {
            await _table.AddEntityAsync(new TableEntity(partition, row) { ["Kind"] = kind }, cancellationToken);
        }
        catch (RequestFailedException exists) when (exists.Status == 409)
        {
            // Asked for twice.
        }

        return true;
    }

    /// <summary>How many alerts a cluster has taken out of today's budget.</summary>
    public async Task<int> UsedAsync(string cluster, CancellationToken cancellationToken)
    {
        int used = 0;
        await foreach (TableEntity _ in _table.QueryAsync<TableEntity>(
            $"PartitionKey eq '{PartitionToday(cluster)}'", select: ["RowKey"], cancellationToken: cancellationToken))
        {
            used++;
        }

        return used;
    }

    private string PartitionToday(string cluster) =>
        $"budget|{cluster}|{DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).ToString("O", CultureInfo.InvariantCulture)}";

    // Whoever has not authenticated may be anybody, from as many networks as they like: of these the first of a kind is enough.
    private static bool IsAlwaysTold(Incident incident) =>
        incident.Severity == Severity.Critical && !Flood.IsUnauthenticated(incident.Lead);

    private bool HasRoom(Severity severity, int taken, int alike) =>
        taken < ShareOf(severity) * options.Value.AlertsPerDay && alike < ShareOfKind * options.Value.AlertsPerDay;

    private static double ShareOf(Severity severity) => severity switch
    {
        Severity.Critical => 1,
        Severity.High => 0.8,
        _ => 0.5,
    };
}
