namespace Crowsnest.Azure.Investigation;

/// <summary>What an actor did, by session: what it did from one address with one client and token without a long pause.</summary>
/// <param name="actor">The actor.</param>
public sealed class WhatQuestion(ActorFilter actor) : Question
{
    // As episodes of incidents are told apart: after half an hour somebody sat down anew.
    private const string Pause = "INTERVAL 30 MINUTE";

    public override string Text => $"what did {actor.Text} do";

    internal override async Task<(IReadOnlyList<ReportTable> Tables, IReadOnlyList<string> Notes)> AnswerAsync(
        ArchiveReader reader, SurpriseReader? surprise, ArchiveScope scope, CancellationToken cancellationToken)
    {
        string events = await reader.EventsAsync(cancellationToken);
        string ledger = await reader.LedgerAsync(cancellationToken);
        Dictionary<string, object> parameters = Parameters(reader, scope);
        string condition = actor.Condition(parameters, () => Addresses(reader, ledger, parameters, cancellationToken));
        reader.Database.Query(
            "acts",
            "",
            $"""
            CREATE TEMP TABLE acts AS
            WITH requests AS (
                SELECT cluster, time, principal, verb, api_group, resource, subresource, namespace, name, client_ip, user_agent,
                    regexp_extract(user_agent, '^[^/ ]*') AS client, credential_id, pod, response_code, decision, reason,
                    CASE WHEN resource = '' THEN split_part(request_uri, '?', 1) ELSE '' END AS path, audit_id, raw_blob, raw_line
                FROM {events} WHERE {RequestTime} AND {condition}
            ),
            marked AS (
                SELECT *, time - lag(time) OVER same > {Pause} AS is_later FROM requests
                WINDOW same AS (PARTITION BY cluster, principal, client_ip, client, credential_id ORDER BY time)
            ),
            parted AS (
                SELECT *, count(*) FILTER (is_later) OVER same AS part FROM marked
                WINDOW same AS (PARTITION BY cluster, principal, client_ip, client, credential_id ORDER BY time, audit_id)
            ),
            begun AS (
                SELECT *, min(time) OVER (PARTITION BY cluster, principal, client_ip, client, credential_id, part) AS begin FROM parted
            )
            SELECT *, dense_rank() OVER (ORDER BY begin, cluster, principal, client_ip, client, credential_id) AS session FROM begun
            """,
            parameters,
            0,
            cancellationToken);
        ReportTable actions = reader.Database.Query(
            "actions",
            "what was done in each session",
            $"""
            WITH actions AS (
                SELECT cluster, session, principal, verb,
                    concat(path, resource,
                        CASE WHEN subresource = '' THEN '' ELSE '/' || subresource END) AS resource,
                    api_group, namespace,
                    CASE WHEN count(DISTINCT name) <= 1 THEN any_value(name)
                        ELSE concat(count(DISTINCT name), ' names: ', array_to_string(list_sort(list(DISTINCT name))[:3], ', '), '…')
                    END AS name,
                    count(*) AS requests, count(*) FILTER (response_code IN (401, 403)) AS denied,
                    min(time) AS "first", max(time) AS "last",
                    any_value(reason) FILTER (decision = 'allow') AS allowed_by,
                    arg_min(audit_id, time) AS example, arg_min(concat(raw_blob, ':', raw_line), time) AS place
                FROM acts GROUP BY cluster, session, principal, verb, 5, api_group, namespace
            ),
            peers AS (
                SELECT cluster, verb, concat(resource, CASE WHEN subresource = '' THEN '' ELSE '/' || subresource END) AS resource,
                    namespace, list(DISTINCT principal) AS principals
                FROM {ledger} WHERE {LedgerTime} AND outcome NOT IN ('401', '403')
                    AND verb IN (SELECT DISTINCT verb FROM acts) AND resource IN (SELECT DISTINCT resource FROM acts)
                GROUP BY ALL
            )
            SELECT a.* EXCLUDE (api_group),
                coalesce(len(list_filter(p.principals, lambda one: one <> a.principal)), 0)::BIGINT AS others_who_do,
                a."first" AS example_time
            FROM actions a LEFT JOIN peers p
                ON p.cluster = a.cluster AND p.verb = a.verb AND p.resource = a.resource AND p.namespace = a.namespace
            ORDER BY session, "first", verb, a.resource, a.namespace LIMIT $limit OFFSET $offset
            """,
            parameters,
            scope.Limit,
            cancellationToken);
        actions = (await new Examples(reader, surprise).AddAsync(actions, cancellationToken))
            .Without("example_time", "before", "after") with
        {
            Shown =
            [
                new("session", "{session}"),
                new("did", "{verb} {resource}", "{namespace} {name}"),
                new("times", "{requests}", "{denied?} denied"),
                new("first, last (UTC)", "{first}", "{last}"),
                new("allowed by", "{allowed_by}"),
                ContextColumn,
            ],
        };
        return ([actions, Sessions(reader, parameters, scope, cancellationToken), Days(reader, parameters, cancellationToken)], []);
    }

    private static ReportTable Sessions(
        ArchiveReader reader, Dictionary<string, object> parameters, ArchiveScope scope, CancellationToken cancellationToken) =>
        reader.Database.Query(
            "sessions",
            "sessions",
            """
            SELECT cluster, session, min(time) AS "first", max(time) AS "last", principal, client_ip AS address,
                any_value(user_agent) AS client, credential_id AS token, any_value(pod) AS pod, count(*) AS requests,
                count(*) FILTER (response_code IN (401, 403)) AS denied,
                count(*) FILTER (verb IN ('create', 'update', 'patch', 'delete', 'deletecollection') AND response_code < 400) AS writes
            FROM acts GROUP BY cluster, session, principal, client_ip, client, credential_id ORDER BY session LIMIT $limit
            """,
            parameters,
            scope.Limit,
            cancellationToken) with
        {
            Shown =
            [
                new("session", "{session}"),
                new("first, last (UTC)", "{first}", "{last}"),
                new("who", "{principal}", "pod {pod}", "token {token}", "{cluster}"),
                new("from, with", "{address}", "{client}"),
                new("requests", "{requests}", "{writes?} writes", "{denied?} denied"),
            ],
        };

    // On which days, and at what hours: what tells a habit from a night's visit.
    private static ReportTable Days(ArchiveReader reader, Dictionary<string, object> parameters, CancellationToken cancellationToken) =>
        reader.Database.Query(
            "days",
            "days, with the requests of each hour",
            $"""
            SELECT strftime(time, '%Y-%m-%d') AS day, count(*) AS requests, count(*) FILTER (response_code IN (401, 403)) AS denied,
                [{string.Join(", ", Enumerable.Range(0, 24).Select(static hour => $"count(*) FILTER (hour(time) = {hour})"))}] AS hours
            FROM acts GROUP BY day ORDER BY day DESC LIMIT {ArchiveScope.DefaultDays}
            """,
            parameters,
            ArchiveScope.DefaultDays,
            cancellationToken) with
        {
            Shown = [new("day (UTC)", "{day}"), new("requests", "{requests}", "{denied?} denied"), new("by hour, from 0", "{hours}")],
        };

    private static IEnumerable<string> Addresses(
        ArchiveReader reader, string ledger, Dictionary<string, object> parameters, CancellationToken cancellationToken) =>
        reader.Database.Query(
            "addresses", "", $"SELECT DISTINCT client_ip FROM {ledger} WHERE {LedgerTime}", parameters, int.MaxValue, cancellationToken)
            .Rows.Select(static row => (string)row[0]!);
}
