namespace Crowsnest.Azure.Investigation;

/// <summary>The life of an object: who changed what in it, by which client, and what controllers made of it.</summary>
/// <param name="target">The object: see <see cref="ObjectName"/>.</param>
public sealed class TimelineQuestion(string target) : Question
{
    private static readonly string[] Columns =
    [
        "cluster", "time", "principal", "verb", "object", "code", "changes", "times", "until", "address", "client", "allowed_by", "example",
        "place",
    ];

    private const string Verbs = "('create', 'update', 'patch', 'delete', 'deletecollection')";

    // Not pods: there are many, and their names are made by the API server after the request.
    private const string Made = "'replicasets', 'jobs', 'controllerrevisions'";

    private readonly ObjectName _object = ObjectName.Parse(target);

    public override string Text => $"the life of {target}";

    internal override async Task<(IReadOnlyList<ReportTable> Tables, IReadOnlyList<string> Notes)> AnswerAsync(
        ArchiveReader reader, SurpriseReader? surprise, ArchiveScope scope, CancellationToken cancellationToken)
    {
        string events = await reader.EventsAsync(cancellationToken);
        Dictionary<string, object> parameters = Parameters(reader, scope);
        foreach ((string name, object value) in _object.Parameters)
        {
            parameters.Add(name, value);
        }

        // A name alone is that of an object without a namespace, or all of a namespace.
        string owner = _object.Name.Length > 0 ? _object.Name : _object.Namespace;
        parameters["made"] = owner + "-";
        reader.Database.Query("life", "", Life(events), parameters, 0, cancellationToken);
        ReportTable writes = reader.Database.Query(
            "writes",
            "",
            """
            SELECT cluster, time, audit_id, is_direct FROM life WHERE NOT is_aside
            ORDER BY time DESC, audit_id DESC LIMIT $limit OFFSET $offset
            """,
            parameters,
            scope.Limit,
            cancellationToken);
        RecordKey[] keys = [.. writes.Rows.Select(static row => new RecordKey((string)row[0]!, (DateTimeOffset)row[1]!, (string)row[2]!))];
        IReadOnlyDictionary<RecordKey, IReadOnlyList<object?>> acts = await reader.EventsOfAsync(keys, Act, cancellationToken);
        using ObjectLife life = new();
        HashSet<string> owners = [$"{_object.Resource}/{owner}"];
        List<object?[]> rows = [];
        for (int i = keys.Length - 1; i >= 0; i--)
        {
            IReadOnlyList<object?> act = acts[keys[i]];
            (IReadOnlyList<string> changes, IReadOnlyList<string> ownedBy, string name) =
                life.Add((string)act[^1]!, keys[i].Cluster, keys[i].Time) is { } told ? told : ([], [], "");
            bool isDirect = (bool)writes.Rows[i][3]!;
            if (isDirect || ownedBy.Any(owners.Contains))
            {
                // Of what was made of it, what runs in it.
                changes = isDirect ? changes : [.. changes.Where(static change => change.Contains(".image:", StringComparison.Ordinal))];
                owners.Add($"{act[^2]}/{name}");
                List<object?> changed = [.. changes];
                Join(rows, [keys[i].Cluster, keys[i].Time, .. act.Take(4), changed, null, null, .. act.Skip(4).Take(5)]);
            }
        }

        List<string> notes = writes.HasMore ? ["these are the newest; those before: --offset"] : [];
        long asides = (long)reader.Database.Query(
            "asides", "", "SELECT count(*) FROM life WHERE is_aside", parameters, 1, cancellationToken).Rows[0][0]!;
        if (asides > 0)
        {
            notes.Add($"{asides:N0} reads of it and writes of its status are left out");
        }

        ReportTable timeline = new(
            "timeline",
            $"the life of {target}",
            Columns,
            rows,
            writes.HasMore)
        {
            Shown =
            [
                new("time (UTC)", "{time}", "{times} times until {until}", "{cluster}"),
                new("who did what", "{principal}", "{verb} {object} → {code}", "from {address} with {client}", "{allowed_by}"),
                new("what changed", "{changes*}"),
            ],
        };
        return ([timeline], notes);
    }

    // What is shown of an act, in the order of the columns, then its kind and its record.
    private const string Act =
        "principal, concat(verb, CASE WHEN subresource = '' THEN '' ELSE ' ' || subresource END), "
        + "concat(resource, CASE WHEN namespace = '' THEN '' ELSE '/' || namespace END, CASE WHEN name = '' THEN '' ELSE '/' || name END), "
        + "response_code, client_ip, user_agent, CASE WHEN decision = 'allow' THEN reason END, audit_id, concat(raw_blob, ':', raw_line), "
        + "resource, json";

    // What controllers make of an object carries its name; whether it is owned by it, its body says.
    private string Life(string events) =>
        $"""
        CREATE TEMP TABLE life AS
        SELECT cluster, time, audit_id, {_object.IsDirect} AS is_direct, subresource = 'status' OR verb NOT IN {Verbs} AS is_aside
        FROM {events}
        WHERE {RequestTime} AND resource IN ($resource, {Made}) AND ($namespace = '' OR namespace IN ($namespace, ''))
            AND (({_object.IsDirect}) OR (resource IN ({Made}) AND verb = 'create' AND response_code < 400 AND starts_with(name, $made)))
        """;

    // The same act again without any change is one line.
    private static void Join(List<object?[]> rows, object?[] next)
    {
        if (rows.Count > 0 && rows[^1] is { } last && ((List<object?>)next[6]!).Count == 0 && ((List<object?>)last[6]!).Count == 0
            && Enumerable.Range(2, 4).All(i => Equals(last[i], next[i])) && Equals(last[0], next[0]))
        {
            last[7] = ((long?)last[7] ?? 1) + 1;
            last[8] = next[1];
            return;
        }

        rows.Add(next);
    }
}
