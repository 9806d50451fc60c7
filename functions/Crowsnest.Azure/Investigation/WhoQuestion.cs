using Crowsnest.Core.Policy;

namespace Crowsnest.Azure.Investigation;

/// <summary>Who had access to objects, by which grant, and who used it.</summary>
/// <param name="resource">The objects: see <see cref="ObjectName"/>.</param>
/// <param name="could">True to add who could by the roles and bindings that the log shows.</param>
public sealed class WhoQuestion(string resource, bool could = false) : Question
{
    private readonly ObjectName _object = ObjectName.Parse(resource);

    public override string Text => $"who had access to {resource}";

    internal override async Task<(IReadOnlyList<ReportTable> Tables, IReadOnlyList<string> Notes)> AnswerAsync(
        ArchiveReader reader, SurpriseReader? surprise, ArchiveScope scope, CancellationToken cancellationToken)
    {
        string ledger = await reader.LedgerAsync(cancellationToken);
        Dictionary<string, object> parameters = Parameters(reader, scope);
        foreach ((string name, object value) in _object.Parameters)
        {
            parameters.Add(name, value);
        }

        List<string> notes = [];
        reader.Database.Query("hits", "", Hits(ledger), parameters, 0, cancellationToken);
        if (_object.Name.Length > 0 && HasUnnamed(reader, parameters, cancellationToken))
        {
            reader.Database.Query(
                "events", "", await FromEventsAsync(reader, cancellationToken), parameters, 0, cancellationToken);
            notes.Add("the ledger does not keep the names of such objects when they are read: counted from the events");
        }

        ReportTable access = reader.Database.Query(
            "access",
            $"who had access to {resource}, the rarest first",
            $"""
            WITH ways AS (
                SELECT cluster, principal, verb,
                    concat(resource, CASE WHEN subresource = '' THEN '' ELSE '/' || subresource END) AS resource,
                    CASE WHEN name <> '' THEN concat(CASE WHEN namespace = '' THEN '' ELSE namespace || '/' END, name)
                        WHEN namespace <> '' THEN concat('all of ', namespace) ELSE 'all' END AS objects,
                    reason AS allowed_by,
                    sum(count)::BIGINT AS requests,
                    coalesce(sum(count) FILTER (outcome IN ('401', '403')), 0)::BIGINT AS denied,
                    min("first") AS "first", max("last") AS "last",
                    list_sort(list(DISTINCT client_ip))[:5] AS addresses,
                    list_sort(list(DISTINCT user_agent_family))[:5] AS clients,
                    arg_min(audit_id, "first") AS example, arg_min(concat(raw_blob, ':', raw_line), "first") AS place
                FROM hits WHERE {_object.IsReached} GROUP BY ALL
            )
            SELECT cluster, principal, verb, resource, objects, allowed_by, requests, denied, "first", "last", addresses, clients,
                (count(DISTINCT principal) FILTER (denied < requests) OVER (PARTITION BY verb, resource, objects)
                    - (denied < requests)::INT)::BIGINT AS others_who_do,
                example, place, "first" AS example_time
            FROM ways ORDER BY requests, "first", principal, verb, objects, allowed_by LIMIT $limit OFFSET $offset
            """,
            parameters,
            scope.Limit,
            cancellationToken);
        access = (await new Examples(reader, surprise).AddAsync(access, cancellationToken)).Without("example_time") with
        {
            Shown =
            [
                new("who", "{principal}", "{cluster}"),
                new("did", "{verb} {resource}", "{objects}"),
                new("times", "{requests}", "{denied?} denied"),
                new("first, last (UTC)", "{first}", "{last}"),
                new("from, with", "{addresses}", "{clients}"),
                new("allowed by", "{allowed_by}"),
                ContextColumn,
            ],
        };
        List<ReportTable> tables = [access];
        if (could)
        {
            tables.Add(await CouldAsync(reader, ledger, parameters, cancellationToken));
            notes.Add("who could: by the roles and bindings that were written or read within this time; those that were not are unknown, "
                + "but for what the API server says of them where it lets somebody through");
        }

        return (tables, notes);
    }

    private const string Columns =
        "cluster, principal, verb, api_group, resource, subresource, namespace, name, reason, client_ip, user_agent_family, outcome, "
        + "count, \"first\", \"last\", audit_id, raw_blob, raw_line";

    // What has no name may be the one that is asked for: where there is such, the events know.
    private string Hits(string ledger) =>
        $"""
        CREATE TEMP TABLE hits AS SELECT {Columns} FROM {ledger}
        WHERE {LedgerTime} AND ({_object.IsReached} OR ({(_object with { Name = "" }).IsDirect} AND name = ''))
        """;

    private static bool HasUnnamed(ArchiveReader reader, Dictionary<string, object> parameters, CancellationToken cancellationToken) =>
        reader.Database.Query(
            "unnamed",
            "",
            $"SELECT 1 FROM hits WHERE name = '' AND verb NOT IN {ObjectName.Collective} AND verb <> 'create' LIMIT 1",
            parameters,
            1,
            cancellationToken).Rows.Count > 0;

    private async Task<string> FromEventsAsync(ArchiveReader reader, CancellationToken cancellationToken) =>
        $"""
        CREATE OR REPLACE TEMP TABLE hits AS
        SELECT cluster, principal, verb, api_group, resource, subresource, namespace, name, reason, client_ip,
            regexp_extract(user_agent, '^[^/ ]*') AS user_agent_family,
            CASE WHEN response_code IN (401, 403, 404) THEN response_code::VARCHAR ELSE concat(response_code // 100, 'xx') END AS outcome,
            1 AS count, time AS "first", time AS "last", audit_id, raw_blob, raw_line
        FROM {await reader.EventsAsync(cancellationToken)} WHERE {RequestTime} AND {_object.IsReached}
        """;

    private async Task<ReportTable> CouldAsync(
        ArchiveReader reader, string ledger, Dictionary<string, object> parameters, CancellationToken cancellationToken)
    {
        RbacState state = await RbacReader.ReadAsync(reader, parameters, cancellationToken);
        string? group = _object.Group.Length > 0 ? _object.Group
            : reader.Database.Query(
                "group",
                "",
                $"SELECT api_group FROM {ledger} WHERE resource = $resource GROUP BY api_group ORDER BY sum(count) DESC LIMIT 1",
                parameters,
                1,
                cancellationToken).Rows is [[string known]] ? known : null;
        List<IReadOnlyList<object?>> rows =
        [
            .. state.WhoCan(group, _object.Resource, _object.Namespace, _object.Name).Select(static grant =>
                (IReadOnlyList<object?>)
                [
                    grant.Subject, grant.Kind, grant.Verbs.Cast<object?>().ToList(), grant.Binding, grant.Role, grant.Scope,
                ]),
        ];
        return new ReportTable("could", "who could, by roles and bindings", ["subject", "kind", "verbs", "binding", "role", "scope"], rows);
    }
}
