using System.Text;
using Crowsnest.Core.Alerting;

namespace Crowsnest.Azure.Investigation;

/// <summary>The records of a request, and where they lie.</summary>
/// <param name="auditId">Its auditID.</param>
public sealed class EventQuestion(string auditId) : Question
{
    public override string Text => $"the records of request {auditId}";

    internal override async Task<(IReadOnlyList<ReportTable> Tables, IReadOnlyList<string> Notes)> AnswerAsync(
        ArchiveReader reader, SurpriseReader? surprise, ArchiveScope scope, CancellationToken cancellationToken)
    {
        string events = await reader.EventsAsync(cancellationToken);
        Dictionary<string, object> parameters = Parameters(reader, scope);
        parameters["id"] = auditId;
        DateTimeOffset[] times =
        [
            .. reader.Database.Query(
                "times",
                "",
                $"""
                SELECT DISTINCT time FROM {events}
                WHERE audit_hash = {ArchiveReader.HashOf(auditId)} AND audit_id = $id AND time >= $from AND time < $to
                """,
                parameters,
                int.MaxValue,
                cancellationToken).Rows.Select(static row => (DateTimeOffset)row[0]!),
        ];
        string hours = await reader.EventsAroundAsync(times, TimeSpan.Zero, cancellationToken)
            ?? throw new InvestigationException(
                $"no request {auditId} from {reader.Selection.From:yyyy-MM-dd HH:mm} to {reader.Selection.To:yyyy-MM-dd HH:mm} UTC; "
                + "give --from and --to if it was at another time");
        ReportTable found = reader.Database.Query(
            "events",
            $"request {auditId}",
            $"""
            SELECT cluster, time, stage, principal, verb, request_uri, response_code, client_ip AS address, user_agent AS client,
                reason AS allowed_by, raw_blob, raw_line, json AS record
            FROM {hours} WHERE audit_hash = {ArchiveReader.HashOf(auditId)} AND audit_id = $id
            ORDER BY time, stage LIMIT $limit OFFSET $offset
            """,
            parameters,
            scope.Limit,
            cancellationToken);
        int record = found.Of("record");
        int time = found.Of("time");
        int cluster = found.Of("cluster");
        List<IReadOnlyList<object?>> said = [];
        foreach (IReadOnlyList<object?> row in found.Rows)
        {
            (double Days, string Why)? odd = surprise?.Of((string)row[record]!, (string)row[cluster]!, (DateTimeOffset)row[time]!);
            said.Add([odd?.Days, odd is { } known ? SurpriseReader.Text(known.Days) : null, odd?.Why]);
        }

        ReportTable shown = found.With(["expected_once_in_days", "expected", "surprise"], said) with
        {
            Shown =
            [
                new(
                    "request",
                    "{time} UTC  {stage}  {cluster}",
                    "{principal} from {address} with {client}",
                    "{verb} {request_uri} → {response_code}",
                    "{allowed_by}",
                    "expected {expected}",
                    "{surprise}",
                    "raw record: {raw_blob} line {raw_line}",
                    "{record}"),
            ],
        };
        return ([scope.IsRaw ? shown : shown with
        {
            Rows = [.. shown.Rows.Select(row => (IReadOnlyList<object?>)
                [.. row.Select((cell, i) => i == record ? EvidenceText.Of(Encoding.UTF8.GetBytes((string)cell!)).Text : cell)])],
        }], []);
    }
}
