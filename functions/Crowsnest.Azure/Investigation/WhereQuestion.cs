using System.Globalization;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Investigation;

/// <summary>Where an incident went: what its actors touched from its beginning on, and whoever used what they opened.</summary>
/// <param name="incident">The incident, with its detections as far as they are known.</param>
/// <param name="hours">How long after its last detection, in hours.</param>
public sealed class WhereQuestion(Incident incident, int hours = 24) : Question
{
    public override string Text => $"where did incident {incident.Id} go: {incident.Title}";

    internal override (DateTimeOffset? From, DateTimeOffset? To) Span =>
        (incident.From.AddDays(-ArchiveScope.DefaultDays), incident.To.AddHours(hours));

    internal override async Task<(IReadOnlyList<ReportTable> Tables, IReadOnlyList<string> Notes)> AnswerAsync(
        ArchiveReader reader, SurpriseReader? surprise, ArchiveScope scope, CancellationToken cancellationToken)
    {
        string events = await reader.EventsAsync(incident.From, reader.Selection.To, cancellationToken)
            ?? throw new InvestigationException($"the archive has no events from {incident.From:yyyy-MM-dd HH:mm} UTC on");
        Dictionary<string, object> parameters = Parameters(reader, scope);
        parameters["begin"] = incident.From.UtcDateTime;
        parameters["cluster"] = incident.Cluster;

        // Unauthenticated actors are told by their addresses.
        string[] actors = [.. incident.Actors.Concat(incident.Days.Select(static day => day.ActorName)).Distinct()];
        string[] people = [.. actors.Select(static actor => actor.Split('@')[0]).Distinct()];
        string[] opened = [.. incident.Detections.SelectMany(static d => d.Opens).Distinct()];
        string[] pods = [.. opened.Where(static one => one.StartsWith("pod:", StringComparison.Ordinal)).Select(static one => one[4..])];
        string[] identities = [.. opened.Where(static one => !one.StartsWith("pod:", StringComparison.Ordinal)).Except(people)];
        string condition = $"""
            cluster = $cluster AND time >= $begin AND time < $to AND is_request = 1 AND (
                principal IN ({List("actor", people, parameters)})
                OR principal IN ({List("identity", identities, parameters)})
                OR concat(split_part("user", ':', 3), '/', pod) IN ({List("pod", pods, parameters)}))
            """;
        string told = List("told", [.. incident.Detections.SelectMany(static d => d.AuditIds).Distinct()], parameters);
        ReportTable next = reader.Database.Query(
            "where",
            "what was touched, in order of first touch",
            $"""
            WITH acts AS (
                SELECT * EXCLUDE (json, groups, source_ips) FROM {events} WHERE {condition}
            ),
            grouped AS (
                SELECT cluster, principal, verb,
                    concat(CASE WHEN resource = '' THEN split_part(request_uri, '?', 1) ELSE resource END,
                        CASE WHEN subresource = '' THEN '' ELSE '/' || subresource END) AS resource, namespace,
                    CASE WHEN count(DISTINCT name) <= 1 THEN any_value(name)
                        ELSE concat(count(DISTINCT name), ' names: ', array_to_string(list_sort(list(DISTINCT name))[:3], ', '), '…')
                    END AS name,
                    count(*) AS requests, count(*) FILTER (response_code IN (401, 403)) AS denied,
                    min(time) AS "first", max(time) AS "last",
                    bool_or(audit_id IN ({told})) AS in_incident,
                    list_sort(list(DISTINCT client_ip))[:3] AS addresses,
                    list_sort(list(DISTINCT regexp_extract(user_agent, '^[^/ ]*')))[:3] AS clients,
                    bool_or(principal IN ({List("actor", people, parameters)})) AS is_actor,
                    arg_min(audit_id, time) AS example, arg_min(concat(raw_blob, ':', raw_line), time) AS place
                FROM acts GROUP BY cluster, principal, verb, 4, namespace
            ),
            usual AS (
                SELECT principal, verb, concat(resource, CASE WHEN subresource = '' THEN '' ELSE '/' || subresource END) AS resource,
                    namespace, sum(count) AS before
                FROM {await reader.LedgerAsync(cancellationToken)} WHERE cluster = $cluster AND "last" < $begin AND "first" >= $from
                GROUP BY ALL
            )
            SELECT g.* EXCLUDE (is_actor, example, place), CASE WHEN is_actor THEN 'actor' ELSE 'opened by it' END AS through,
                coalesce(u.before, 0)::BIGINT AS times_before, g.example, g.place, g."first" AS example_time
            FROM grouped g LEFT JOIN usual u
                ON u.principal = g.principal AND u.verb = g.verb AND u.resource = g.resource AND u.namespace = g.namespace
            ORDER BY g."first", g.principal, g.verb, g.resource LIMIT $limit OFFSET $offset
            """,
            parameters,
            scope.Limit,
            cancellationToken);
        next = (await new Examples(reader, surprise).AddAsync(next, cancellationToken)).Without("example_time", "before", "after") with
        {
            Shown =
            [
                new("first, last (UTC)", "{first}", "{last}"),
                new("who", "{principal}", "{through}"),
                new("did", "{verb} {resource}", "{namespace} {name}"),
                new("times", "{requests}", "{denied?} denied", "before: {times_before}"),
                new("in the incident", "{in_incident}"),
                new("from, with", "{addresses}", "{clients}"),
                new("how odd", "expected {expected}", "{surprise}"),
            ],
        };
        return ([next], [string.Create(
            CultureInfo.InvariantCulture,
            $"times_before: how often the same account did it from {reader.Selection.From:yyyy-MM-dd} to the beginning at "
            + $"{incident.From:yyyy-MM-dd HH:mm:ss} UTC")]);
    }

    private static string List(string name, string[] values, Dictionary<string, object> parameters)
    {
        for (int i = 0; i < values.Length; i++)
        {
            parameters[$"{name}{i}_"] = values[i];
        }

        return values.Length == 0 ? "NULL" : string.Join(", ", Enumerable.Range(0, values.Length).Select(i => $"${name}{i}_"));
    }
}
