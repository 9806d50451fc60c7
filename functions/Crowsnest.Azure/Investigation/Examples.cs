using System.Globalization;
using System.Text;

namespace Crowsnest.Azure.Investigation;

/// <summary>
/// What tells malice from error, for the rows of an answer that have an example: what its actor did right before and after, and how
/// unusual the model finds it.
/// </summary>
/// <param name="reader">The archive.</param>
/// <param name="surprise">The model, or null when there is none.</param>
internal sealed class Examples(ArchiveReader reader, SurpriseReader? surprise)
{
    // Beside a row stands what is near; what came hours before is for `what`.
    private static readonly TimeSpan Near = TimeSpan.FromMinutes(15);

    // Each may lie in an hour of its own, whose file has to be opened.
    private const int MostExamples = 20;

    private static readonly string[] Columns = ["expected_once_in_days", "expected", "surprise", "before", "after"];

    /// <summary>Adds the columns to a table that has <c>cluster</c>, <c>principal</c>, <c>example</c> and <c>example_time</c>.</summary>
    internal async Task<ReportTable> AddAsync(ReportTable table, CancellationToken cancellationToken)
    {
        int id = table.Of("example");
        int time = table.Of("example_time");
        int principal = table.Of("principal");
        int cluster = table.Of("cluster");
        int many = Math.Min(MostExamples, table.Rows.Count);
        object?[][] cells = [.. table.Rows.Select(static _ => new object?[Columns.Length])];
        string? events = await reader.EventsAroundAsync(
            table.Rows.Take(many).Select(row => (DateTimeOffset)row[time]!), TimeSpan.Zero, cancellationToken);
        if (events is null)
        {
            return table.With(Columns, cells);
        }

        Dictionary<string, object> parameters = [];
        StringBuilder wanted = new();
        for (int i = 0; i < many; i++)
        {
            IReadOnlyList<object?> row = table.Rows[i];
            parameters.Add(Name('i', i), row[id] ?? "");
            parameters.Add(Name('p', i), row[principal] ?? "");
            parameters.Add(Name('c', i), row[cluster] ?? "");
            wanted.Append(wanted.Length > 0 ? ", " : "").Append(
                CultureInfo.InvariantCulture,
                $"({i}, ${Name('i', i)}, ${Name('p', i)}, ${Name('c', i)}, {ArchiveReader.TimeOf((DateTimeOffset)row[time]!)})");
        }

        string principals = string.Join(", ", Enumerable.Range(0, many).Select(static i => '$' + Name('p', i)));

        string near = $"INTERVAL {Near.TotalMinutes:0} MINUTE";
        ReportTable found = reader.Database.Query(
            "examples",
            "",
            $$"""
            WITH wanted(row, id, principal, cluster, moment) AS (VALUES {{wanted}}),
            near AS (
                SELECT e.cluster, e.principal, e.audit_id, e.time,
                    concat(verb, ' ', CASE WHEN resource = '' THEN split_part(request_uri, '?', 1) ELSE resource END,
                        CASE WHEN subresource = '' THEN '' ELSE '/' || subresource END,
                        CASE WHEN namespace = '' THEN '' ELSE ' ' || namespace END, CASE WHEN name = '' THEN '' ELSE '/' || name END,
                        CASE WHEN response_code >= 400 THEN ' (' || response_code || ')' ELSE '' END) AS act
                FROM {{events}} e
                WHERE stage <> 'RequestReceived' AND e.principal IN ({{principals}})
            )
            SELECT w.row,
                arg_max(n.act, n.time) FILTER (n.time < w.moment AND n.act <> o.act) AS before,
                arg_min(n.act, n.time) FILTER (n.time > w.moment AND n.act <> o.act) AS after
            FROM wanted w
            LEFT JOIN near o ON o.audit_id = w.id AND o.time = w.moment AND o.cluster = w.cluster
            LEFT JOIN near n ON n.principal = w.principal AND n.cluster = w.cluster
                AND n.time BETWEEN w.moment - {{near}} AND w.moment + {{near}}
            GROUP BY w.row
            """,
            parameters,
            many,
            cancellationToken);
        foreach (IReadOnlyList<object?> row in found.Rows)
        {
            cells[(int)(long)row[0]!][3] = row[1];
            cells[(int)(long)row[0]!][4] = row[2];
        }

        if (surprise is not null)
        {
            RecordKey[] keys = [.. table.Rows.Take(many).Select(row =>
                new RecordKey((string)row[cluster]!, (DateTimeOffset)row[time]!, (string)row[id]!))];
            IReadOnlyDictionary<RecordKey, string> records = await reader.RecordsAsync(keys, cancellationToken);
            for (int i = 0; i < many; i++)
            {
                if (records.TryGetValue(keys[i], out string? json) && surprise.Of(json, keys[i].Cluster, keys[i].Time) is { } said)
                {
                    cells[i][0] = said.Days;
                    cells[i][1] = SurpriseReader.Text(said.Days);
                    cells[i][2] = said.Why;
                }
            }
        }

        return table.With(Columns, cells);
    }

    private static string Name(char kind, int i) => string.Create(CultureInfo.InvariantCulture, $"{kind}{i}_");
}
