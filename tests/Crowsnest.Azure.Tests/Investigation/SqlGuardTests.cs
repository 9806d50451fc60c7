using Crowsnest.Azure.Investigation;

namespace Crowsnest.Azure.Tests.Investigation;

public sealed class SqlGuardTests
{
    private static readonly string[] Tables = ["events", "ledger", "detections"];

    [Theory]
    [InlineData("SELECT verb, count(*) FROM events GROUP BY ALL")]
    [InlineData("SELECT * FROM events e JOIN ledger l USING (principal) WHERE e.verb = 'get';")]
    [InlineData("WITH a AS (SELECT * FROM events), b AS (SELECT * FROM a) SELECT * FROM b")]
    [InlineData("SELECT unnest(groups::VARCHAR[]) FROM events")]
    [InlineData("SELECT * FROM range(10) r, (SELECT 1) s")]
    [InlineData("SELECT * FROM (VALUES (1), (2)) v(x)")]
    [InlineData("SELECT * FROM events UNION ALL SELECT * FROM EVENTS")]
    [InlineData("SELECT (SELECT max(time) FROM ledger l WHERE l.principal = e.principal) FROM events e")]
    [InlineData("SELECT j.key FROM events, json_each(json) j")]
    [InlineData("SELECT 'read_parquet(''x'')' AS text, name AS \"/etc/passwd\" FROM events")]
    public void Lets_queries_through(string sql) => Check(sql);

    [Theory]
    [InlineData("SELECT * FROM read_parquet('/etc/passwd')")]
    [InlineData("SELECT * FROM READ_TEXT('/etc/passwd')")]
    [InlineData("SELECT * FROM glob('/*')")]
    [InlineData("SELECT * FROM '/tmp/x.parquet'")]
    [InlineData("SELECT * FROM \"/tmp/x.csv\"")]
    [InlineData("SELECT * FROM events, '/tmp/x.parquet'")]
    [InlineData("SELECT * FROM events WHERE name IN (SELECT content FROM read_text('/etc/passwd'))")]
    [InlineData("WITH a AS (SELECT * FROM read_blob('/etc/passwd')) SELECT * FROM a")]
    [InlineData("WITH events AS (SELECT * FROM read_blob('/etc/passwd')) SELECT * FROM events")]
    [InlineData("SELECT * FROM duckdb_secrets()")]
    [InlineData("SELECT * FROM duckdb_settings()")]
    [InlineData("SELECT * FROM pragma_database_list()")]
    [InlineData("SELECT * FROM query('SELECT 1')")]
    [InlineData("SELECT * FROM query_table('events')")]
    [InlineData("SELECT * FROM information_schema.tables")]
    [InlineData("SELECT * FROM main.events")]
    [InlineData("SELECT * FROM system.main.duckdb_tables")]
    [InlineData("SELECT * FROM (SHOW TABLES)")]
    [InlineData("SELECT 1; SELECT 2")]
    [InlineData("COPY (SELECT 1) TO '/tmp/x'")]
    [InlineData("CREATE TABLE x AS SELECT 1")]
    [InlineData("ATTACH '/tmp/x.db'")]
    [InlineData("INSTALL httpfs")]
    [InlineData("SET enable_external_access = true")]
    [InlineData("DELETE FROM detections")]
    [InlineData("SELECT")]
    [InlineData("")]
    public void Refuses_what_reads_or_writes_anything_else(string sql) => Assert.Throws<InvestigationException>(() => Check(sql));

    private static void Check(string sql)
    {
        using ArchiveDatabase database = new(
            new InvestigationOptions(), Path.Combine(Path.GetTempPath(), $"crowsnest-test-{Guid.NewGuid():N}"));
        SqlGuard.Check(database, sql, Tables);
    }
}
