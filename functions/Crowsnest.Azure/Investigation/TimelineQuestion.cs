namespace Crowsnest.Azure.Investigation;

/// <summary>The life of an object: who changed what in it, by which client, and what controllers made of it.</summary>
/// <param name="target">The object: see <see cref="ObjectName"/>.</param>
public sealed class TimelineQuestion(string target) : Question
{
    private static readonly string[] Columns =
        ["cluster", "time", "principal", "verb", "object", "code", "changes", "times", "until", "address", "client", "allowed_by", "example", "place"];

    private const string Verbs = "('create', 'update', 'patch', 'delete', 'deletecollection')";

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
        ReportTable writes = reader.Database.Query("writes", "", Writes(events), parameters, scope.Limit, cancellationToken);
        RecordKey[] keys = [.. writes.Rows.Select(static row => new RecordKey((string)row[0]!, (DateTimeOffset)row[1]!, (string)row[9]!))];
        IReadOnlyDictionary<RecordKey, string> records = await reader.RecordsAsync(keys, cancellationToken);
        using ObjectLife life = new();
        HashSet<string> owners = [$"{_object.Resource}/{owner}"];
        List<object?[]> rows = [];
        for (int i = keys.Length - 1; i >= 0; i--)
        {
            IReadOnlyList<object?> row = writes.Rows[i];
            (IReadOnlyList<string> changes, IReadOnlyList<string> ownedBy, string name) =
                records.TryGetValue(keys[i], out string? json) && life.Add(json, keys[i].Cluster, keys[i].Time) is { } told
                    ? told : ([], [], "");
            bool isDirect = (bool)row[^1]!;
            if (isDirect || ownedBy.Any(owners.Contains))
            {
                // Of what was made of it, what runs in it.
                changes = isDirect ? changes : [.. changes.Where(static change => change.Contains(".image:", StringComparison.Ordinal))];
                owners.Add($"{row[11]}/{name}");
                Join(rows, [.. row.Take(6), changes.Cast<object?>().ToList(), null, null, .. row.Skip(6).Take(5)]);
            }
        }

        List<string> notes = writes.HasMore ? ["these are the newest; those before: --offset"] : [];
        long asides = (long)reader.Database.Query("asides", "", Asides(events), parameters, 1, cancellationToken).Rows[0][0]!;
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

    // The newest first. What controllers make of an object carries its name; whether it is owned by it, its body says.
    private string Writes(string events) =>
        $"""
        SELECT cluster, time, principal, concat(verb, CASE WHEN subresource = '' THEN '' ELSE ' ' || subresource END),
            concat(resource, CASE WHEN namespace = '' THEN '' ELSE '/' || namespace END, CASE WHEN name = '' THEN '' ELSE '/' || name END),
            response_code, client_ip, user_agent, CASE WHEN decision = 'allow' THEN reason END, audit_id,
            concat(raw_blob, ':', raw_line), resource, {_object.IsDirect} AS is_direct
        FROM {events}
        WHERE {RequestTime} AND subresource <> 'status' AND verb IN {Verbs}
            AND (({_object.IsDirect}) OR (resource IN ('replicasets', 'pods', 'jobs', 'controllerrevisions') AND verb = 'create'
                AND response_code < 400 AND ($namespace = '' OR namespace = $namespace) AND starts_with(name, $made)))
        ORDER BY time DESC, audit_id DESC LIMIT $limit OFFSET $offset
        """;

    private string Asides(string events) =>
        $"""
        SELECT count(*) FROM {events} WHERE {RequestTime} AND {_object.IsDirect} AND (subresource = 'status' OR verb NOT IN {Verbs})
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
