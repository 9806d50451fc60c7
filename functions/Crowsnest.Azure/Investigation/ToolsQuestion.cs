namespace Crowsnest.Azure.Investigation;

/// <summary>Which clients were used, by first appearance; the newest first.</summary>
/// <param name="user">Of whom; null for all.</param>
/// <param name="resource">On what; null for everything.</param>
public sealed class ToolsQuestion(string? user = null, string? resource = null) : Question
{
    private readonly ObjectName? _object = resource is { Length: > 0 } ? ObjectName.Parse(resource) : null;

    public override string Text =>
        "which tools were used" + (user is null ? "" : $" by {user}") + (_object is null ? "" : $" on {resource}");

    internal override async Task<(IReadOnlyList<ReportTable> Tables, IReadOnlyList<string> Notes)> AnswerAsync(
        ArchiveReader reader, SurpriseReader? surprise, ArchiveScope scope, CancellationToken cancellationToken)
    {
        string ledger = await reader.LedgerAsync(cancellationToken);
        Dictionary<string, object> parameters = Parameters(reader, scope);
        string condition = LedgerTime;
        if (user is { Length: > 0 })
        {
            parameters["user"] = user;
            condition += " AND (principal = $user OR \"user\" = $user)";
        }

        if (_object is not null)
        {
            condition += $" AND {_object.IsReached}";
            foreach ((string name, object value) in _object.Parameters)
            {
                parameters.Add(name, value);
            }
        }

        ReportTable tools = reader.Database.Query(
            "tools",
            "clients by first appearance, the newest first",
            $"""
            SELECT cluster, user_agent_family AS client, min("first") AS "first", max("last") AS "last",
                sum(count)::BIGINT AS requests, coalesce(sum(count) FILTER (outcome IN ('401', '403')), 0)::BIGINT AS denied,
                count(DISTINCT principal) AS principals, list_sort(list(DISTINCT principal))[:3] AS "by",
                list_sort(list(DISTINCT network))[:3] AS networks,
                list_sort(list(DISTINCT verb))[:6] AS verbs,
                arg_min(audit_id, "first") AS example, arg_min(concat(raw_blob, ':', raw_line), "first") AS place,
                arg_min(principal, "first") AS principal, min("first") AS example_time
            FROM {ledger} WHERE {condition} GROUP BY cluster, user_agent_family
            ORDER BY "first" DESC, client LIMIT $limit OFFSET $offset
            """,
            parameters,
            scope.Limit,
            cancellationToken);
        tools = (await new Examples(reader, surprise).AddAsync(tools, cancellationToken))
            .Without("example_time", "principal", "before", "after") with
        {
            Shown =
            [
                new("client", "{client}", "{cluster}"),
                new("first, last (UTC)", "{first}", "{last}"),
                new("times", "{requests}", "{denied?} denied"),
                new("by", "{principals} accounts:", "{by}"),
                new("from", "{networks}"),
                new("did", "{verbs}"),
                new("how odd the first was", "expected {expected}", "{surprise}"),
            ],
        };
        return ([tools],
            ["what was used before this time looks new as well: for a first appearance give --from the beginning of the archive"]);
    }
}
