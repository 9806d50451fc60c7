using System.Globalization;
using System.Text;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using DuckDB.NET.Data;

namespace Crowsnest.Azure.Investigation;

/// <summary>
/// Any other question, as a query over <c>events</c>, <c>ledger</c> and <c>detections</c>. Nothing else can be read, and nothing written.
/// </summary>
/// <param name="sql">The query, in DuckDB's dialect.</param>
/// <param name="detections">Reads the detections of the time, when the query asks for them; null when there are none to ask.</param>
public sealed class SqlQuestion(
    string sql,
    Func<IReadOnlyList<string>, DateTimeOffset, DateTimeOffset, CancellationToken, Task<IReadOnlyList<Detection>>>? detections = null)
    : Question
{
    private static readonly string[] Tables = ["events", "ledger", "detections"];

    public override string Text => sql;

    internal override async Task<(IReadOnlyList<ReportTable> Tables, IReadOnlyList<string> Notes)> AnswerAsync(
        ArchiveReader reader, SurpriseReader? surprise, ArchiveScope scope, CancellationToken cancellationToken)
    {
        ArchiveDatabase database = reader.Database;
        SqlGuard.Check(database, sql, Tables);
        List<string> paths = [];
        foreach ((string view, IReadOnlyList<ArchiveFile> files, string time) in new[]
        {
            ("events", reader.Selection.Events, "time"), ("ledger", reader.Selection.Ledger, "\"last\""),
        })
        {
            // What is not asked for is not fetched.
            bool isAsked = sql.Contains(view, StringComparison.OrdinalIgnoreCase);
            string[] local = await reader.FetchAsync(isAsked ? files : [files[0]], cancellationToken);
            paths.AddRange(local);
            string columns = view == "events" && !scope.IsRaw ? "* REPLACE (crowsnest_shown(json) AS json)" : "*";
            if (view == "events" && !scope.IsRaw)
            {
                RegisterShown(database.Connection);
            }

            database.Run(string.Create(
                CultureInfo.InvariantCulture,
                $"CREATE VIEW {view} AS SELECT {columns} FROM {ArchiveDatabase.Rows(local)} "
                + $"WHERE {time} >= TIMESTAMPTZ '{reader.Selection.From:yyyy-MM-dd HH:mm:ss}Z' "
                + $"AND {time} < TIMESTAMPTZ '{reader.Selection.To:yyyy-MM-dd HH:mm:ss}Z'"));
        }

        await FillAsync(database, reader.Selection, cancellationToken);
        database.Run(
            $"SET allowed_paths = [{string.Join(',', paths.Select(ArchiveDatabase.Quote))}]; "
            + "SET enable_external_access = false; SET lock_configuration = true");
        string bounded = string.Create(
            CultureInfo.InvariantCulture, $"SELECT * FROM (\n{sql.Trim().TrimEnd(';')}\n) LIMIT {scope.Limit + 1} OFFSET {scope.Offset}");
        return ([database.Query("rows", "", bounded, new Dictionary<string, object>(), scope.Limit, cancellationToken)], []);
    }

    private static void RegisterShown(DuckDBConnection connection) =>
        connection.RegisterScalarFunction<string, string>("crowsnest_shown", static (readers, writer, count) =>
        {
            for (ulong i = 0; i < count; i++)
            {
                writer.WriteValue(EvidenceText.Of(Encoding.UTF8.GetBytes(readers[0].GetValue<string>(i))).Text, i);
            }
        });

    private async Task FillAsync(ArchiveDatabase database, ArchiveSelection selection, CancellationToken cancellationToken)
    {
        database.Run(
            """
            CREATE TABLE detections (
                id VARCHAR, time TIMESTAMPTZ, cluster VARCHAR, source VARCHAR, rule VARCHAR, title VARCHAR, severity VARCHAR, score DOUBLE,
                tactics VARCHAR[], techniques VARCHAR[], principal VARCHAR, client_ip VARCHAR, user_agent VARCHAR, audit_ids VARCHAR[],
                what VARCHAR, on_what VARCHAR, going_where VARCHAR)
            """);
        if (!sql.Contains("detections", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        if (detections is null)
        {
            throw new InvestigationException("there are no detections to ask: give --detections FILE, or ask the deployed storage");
        }

        using DuckDBAppender appender = database.Connection.CreateAppender("detections");
        foreach (Detection one in await detections(selection.Clusters, selection.From, selection.To, cancellationToken))
        {
            appender.CreateRow()
                .AppendValue(one.Id).AppendValue(one.Time.UtcDateTime).AppendValue(one.Cluster)
                .AppendValue(one.Source.ToString().ToLowerInvariant()).AppendValue(one.Rule.Id).AppendValue(one.Rule.Title)
                .AppendValue(one.Severity.ToString().ToLowerInvariant()).AppendValue(one.Score)
                .AppendValue(one.Tactics).AppendValue(one.Techniques).AppendValue(one.Principal).AppendValue(one.SourceIp)
                .AppendValue(one.UserAgent).AppendValue(one.AuditIds).AppendValue(one.What).AppendValue(one.OnWhat)
                .AppendValue(one.GoingWhere).EndRow();
        }
    }
}
