using System.Globalization;
using System.Text;
using System.Text.Json;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Output;

namespace Crowsnest.Functions.Pages.Incidents;

/// <summary>An incident as a file for other programs.</summary>
internal static class IncidentExport
{
    private static readonly string[] Columns =
    [
        "time", "severity", "rule", "principal", "sourceIp", "userAgent", "what", "onWhat", "goingWhere", "tactics", "techniques",
        "reasons", "auditIds", "evidence", "id",
    ];

    internal static IReadOnlyList<string> Formats { get; } = ["json", "csv", "ocsf", "stix"];

    /// <summary>The file, or null when there is no such format.</summary>
    internal static IResult? Write(Incident incident, CaseRecord record, string format) => format switch
    {
        "json" => File(incident, JsonSerializer.SerializeToUtf8Bytes(incident, OutputJson.Lines.Incident), "application/json", "json"),
        "csv" => File(incident, Encoding.UTF8.GetBytes(Csv(incident)), "text/csv; charset=utf-8", "csv"),
        "ocsf" => File(incident, Encoding.UTF8.GetBytes(OcsfRenderer.Render(incident, record.State)), "application/json", "ocsf.json"),
        "stix" => File(incident, Encoding.UTF8.GetBytes(StixRenderer.Render(incident)), "application/stix+json;version=2.1", "stix.json"),
        _ => null,
    };

    internal static string Csv(Incident incident)
    {
        StringBuilder text = new(string.Join(',', Columns) + "\r\n");
        foreach (Detection d in incident.Detections)
        {
            text.AppendJoin(',', new[]
            {
                d.Time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), d.Severity.ToString(), d.Rule.Title, d.Principal,
                d.SourceIp, d.UserAgent, d.What, d.OnWhat, d.GoingWhere, string.Join(' ', d.Tactics), string.Join(' ', d.Techniques),
                string.Join("; ", d.Reasons.Select(static reason => reason.Text)), string.Join(' ', d.AuditIds),
                string.Join(' ', d.Evidence.Select(static place =>
                    string.Create(CultureInfo.InvariantCulture, $"{place.Blob}:{place.Line}"))),
                d.Id,
            }.Select(static cell => SafeText.CsvCell(SafeText.OneLine(cell)))).Append("\r\n");
        }

        return text.ToString();
    }

    private static IResult File(Incident incident, byte[] content, string type, string ending) =>
        Results.File(content, type, $"incident-{incident.Id}.{ending}");
}
