using Crowsnest.Core.Ledger;

namespace Crowsnest.Azure.Columns;

/// <summary>The ledger of one cluster's hour as a Parquet file. docs/archive.md has the columns; readers depend on them.</summary>
internal static class LedgerFile
{
    internal static readonly IReadOnlyList<Column> Columns =
    [
        new("principal", ColumnType.Text),
        new("user", ColumnType.Text),
        new("verb", ColumnType.Text),
        new("api_group", ColumnType.Text),
        new("resource", ColumnType.Text),
        new("subresource", ColumnType.Text),
        new("namespace", ColumnType.Text),
        new("name", ColumnType.Text),
        new("client_ip", ColumnType.Text),
        new("network", ColumnType.Text),
        new("user_agent_family", ColumnType.Text),
        new("outcome", ColumnType.Text),
        new("decision", ColumnType.Text),
        new("reason", ColumnType.Text),
        new("count", ColumnType.Int64),
        new("first", ColumnType.Time),
        new("last", ColumnType.Time),
        new("raw_blob", ColumnType.Text),
        new("raw_line", ColumnType.Int32),
        new("audit_id", ColumnType.OwnText),
    ];

    internal static void Write(string path, IEnumerable<LedgerEntry> entries)
    {
        using ColumnFileWriter file = new(path, Columns);
        foreach (LedgerEntry entry in entries)
        {
            LedgerKey key = entry.Key;
            file.Text(key.Principal).Text(key.User).Text(key.Verb)
                .Text(key.ApiGroup).Text(key.Resource).Text(key.Subresource).Text(key.Namespace).Text(key.Name)
                .Text(key.ClientIp).Text(key.Network).Text(key.UserAgentFamily)
                .Text(key.Outcome).Text(key.Decision).Text(key.Reason)
                .Number(entry.Count).Time(entry.First).Time(entry.Last)
                .Text(entry.Example.Blob).Number(entry.Example.Line).Text(entry.AuditId);
        }

        file.End();
    }
}
