using System.Text;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Policy;

namespace Crowsnest.Azure.Investigation;

/// <summary>Reads roles and bindings out of the archive.</summary>
internal static class RbacReader
{
    // A cluster has some hundred of each; operators that write them anew each hour say nothing new.
    private const int MostRecords = 20_000;

    internal static async Task<RbacState> ReadAsync(
        ArchiveReader reader, Dictionary<string, object> parameters, CancellationToken cancellationToken)
    {
        RbacState state = new();
        AuditEventParser parser = new();
        const string Kinds = "('roles', 'clusterroles', 'rolebindings', 'clusterrolebindings')";
        const string Told =
            $"is_request = 1 AND resource IN {Kinds} AND subresource = '' AND response_code < 400 AND time >= $from AND time < $to";

        // All that was written, and of what was read the last: the rest would only say again what is known.
        ReportTable found = reader.Database.Query(
            "rbac",
            "",
            $"""
            WITH told AS (
                SELECT cluster, time, audit_id, verb, resource, namespace, name, level FROM {await reader.EventsAsync(cancellationToken)}
                WHERE {Told}
            )
            SELECT cluster, time, audit_id FROM told WHERE verb IN ('create', 'update', 'patch', 'delete')
            UNION ALL
            SELECT cluster, max(time), arg_max(audit_id, time) FROM told WHERE verb IN ('get', 'list') AND level = 'RequestResponse'
            GROUP BY cluster, verb, resource, namespace, name
            ORDER BY 2, 3 LIMIT {MostRecords}
            """,
            parameters,
            MostRecords,
            cancellationToken);
        RecordKey[] keys = [.. found.Rows.Select(static row => new RecordKey((string)row[0]!, (DateTimeOffset)row[1]!, (string)row[2]!))];
        IReadOnlyDictionary<RecordKey, string> records = await reader.RecordsAsync(keys, cancellationToken);
        foreach (RecordKey key in keys)
        {
            if (records.TryGetValue(key, out string? json)
                && parser.Parse(Encoding.UTF8.GetBytes(json), key.Cluster, key.Time, out AuditEvent? audit) == AuditParseStatus.Parsed)
            {
                state.Add(audit!);
            }
        }

        ReportTable used = reader.Database.Query(
            "uses",
            "",
            $"""
            SELECT DISTINCT reason, verb, api_group, concat(resource, CASE WHEN subresource = '' THEN '' ELSE '/' || subresource END)
            FROM {await reader.LedgerAsync(cancellationToken)}
            WHERE decision = 'allow' AND resource <> '' AND "last" >= $from AND "first" < $to
            """,
            parameters,
            int.MaxValue,
            cancellationToken);
        foreach (IReadOnlyList<object?> row in used.Rows)
        {
            state.AddUse((string)row[0]!, (string)row[1]!, (string)row[2]!, (string)row[3]!);
        }

        return state;
    }
}
