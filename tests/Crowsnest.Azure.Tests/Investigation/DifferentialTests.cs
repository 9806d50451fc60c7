using System.IO.Compression;
using System.Text;
using Crowsnest.Azure.Columns;
using Crowsnest.Azure.Files;
using Crowsnest.Azure.Investigation;
using Crowsnest.Azure.Tests.Compaction;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;
using Crowsnest.Learning;
using Crowsnest.Testing;

namespace Crowsnest.Azure.Tests.Investigation;

/// <summary>
/// The same questions to a recorded day, answered by DuckDB, by another reader of the Parquet files, and by a scan of the raw blobs:
/// three ways that share no line of code below the question must agree.
/// </summary>
[Trait("Category", "Slow")]
public sealed class DifferentialTests(DifferentialTests.RecordedDay day) : IClassFixture<DifferentialTests.RecordedDay>
{
    private static readonly string[] Writes = ["create", "update", "patch", "delete", "deletecollection"];

    private static readonly Dictionary<string, (string Sql, Func<IEnumerable<Request>, IEnumerable<string>> Scan)> Questions = new()
    {
        ["requests by verb"] = (
            "SELECT verb || ' ' || count(*) FROM events WHERE is_request = 1 GROUP BY verb",
            static all => all.CountBy(static r => r.Verb).Select(Pair)),
        ["the ledger by verb"] = (
            "SELECT verb || ' ' || sum(count)::BIGINT FROM ledger GROUP BY verb",
            static all => all.CountBy(static r => r.Verb).Select(Pair)),
        ["principals"] = (
            "SELECT DISTINCT principal FROM events WHERE is_request = 1", static all => all.Select(static r => r.Principal).Distinct()),
        ["denied by principal"] = (
            "SELECT principal || ' ' || sum(count)::BIGINT FROM ledger WHERE outcome IN ('401', '403') GROUP BY principal",
            static all => all.Where(static r => r.Code is 401 or 403).CountBy(static r => r.Principal).Select(Pair)),
        ["secrets by name and principal"] = (
            "SELECT concat(principal, ' ', verb, ' ', namespace, '/', name, ' ', sum(count)::BIGINT) FROM ledger WHERE resource = 'secrets' "
            + "GROUP BY principal, verb, namespace, name",
            static all => all.Where(static r => r.Resource == "secrets")
                .CountBy(static r => $"{r.Principal} {r.Verb} {r.Namespace}/{r.Name}").Select(Pair)),
        ["first and last of each client address"] = (
            "SELECT client_ip || ' ' || epoch_us(min(time)) || ' ' || epoch_us(max(time)) FROM events WHERE is_request = 1 GROUP BY client_ip",
            static all => all.GroupBy(static r => r.Address).Select(static g => $"{g.Key} {g.Min(static r => r.Micros)} {g.Max(static r => r.Micros)}")),
        ["the ledger's first and last of each client address"] = (
            "SELECT client_ip || ' ' || epoch_us(min(\"first\")) || ' ' || epoch_us(max(\"last\")) FROM ledger GROUP BY client_ip",
            static all => all.GroupBy(static r => r.Address).Select(static g => $"{g.Key} {g.Min(static r => r.Micros)} {g.Max(static r => r.Micros)}")),
        ["clients"] = (
            "SELECT DISTINCT regexp_extract(user_agent, '^[^/ ]*') FROM events WHERE is_request = 1",
            static all => all.Select(static r => r.UserAgent.Split('/', ' ')[0]).Distinct()),
        ["full user agents of one address"] = (
            "SELECT DISTINCT user_agent FROM events WHERE is_request = 1 AND client_ip = (SELECT max(client_ip) FROM events)",
            static all => all.Where(r => r.Address == all.Select(static x => x.Address).Max(StringComparer.Ordinal)).Select(static r => r.UserAgent).Distinct()),
        ["hours"] = (
            "SELECT hour(time) || ' ' || count(*) FROM events WHERE is_request = 1 GROUP BY hour(time)",
            static all => all.CountBy(static r => $"{r.Time.UtcDateTime.Hour}").Select(Pair)),
        ["codes"] = (
            "SELECT response_code || ' ' || count(*) FROM events WHERE is_request = 1 GROUP BY response_code",
            static all => all.CountBy(static r => $"{r.Code}").Select(Pair)),
        ["outcomes"] = (
            "SELECT outcome || ' ' || sum(count)::BIGINT FROM ledger WHERE outcome <> 'none' GROUP BY outcome",
            static all => all.Where(static r => r.Code > 0).CountBy(static r => r.Code is 401 or 403 or 404 ? $"{r.Code}" : $"{r.Code / 100}xx").Select(Pair)),
        ["writes by namespace and kind"] = (
            "SELECT concat(namespace, ' ', resource, ' ', count(*)) FROM events WHERE is_request = 1 "
            + "AND verb IN ('create', 'update', 'patch', 'delete', 'deletecollection') GROUP BY namespace, resource",
            static all => all.Where(static r => Writes.Contains(r.Verb)).CountBy(static r => $"{r.Namespace} {r.Resource}").Select(Pair)),
        ["subresources"] = (
            "SELECT concat(resource, '/', subresource, ' ', sum(count)::BIGINT) FROM ledger WHERE subresource <> '' GROUP BY resource, subresource",
            static all => all.Where(static r => r.Subresource.Length > 0).CountBy(static r => $"{r.Resource}/{r.Subresource}").Select(Pair)),
        ["grants in use"] = (
            "SELECT concat(reason, ' ', sum(count)::BIGINT) FROM ledger GROUP BY reason",
            static all => all.CountBy(static r => r.Reason).Select(Pair)),
        ["decisions"] = (
            "SELECT concat(decision, ' ', count(*)) FROM events WHERE is_request = 1 GROUP BY decision",
            static all => all.CountBy(static r => r.Decision).Select(Pair)),
        ["who ran commands in pods"] = (
            "SELECT concat(principal, ' ', namespace, '/', name) FROM events WHERE is_request = 1 AND subresource = 'exec'",
            static all => all.Where(static r => r.Subresource == "exec").Select(static r => $"{r.Principal} {r.Namespace}/{r.Name}")),
        ["ids of all deletions"] = (
            "SELECT audit_id FROM events WHERE is_request = 1 AND verb = 'delete'",
            static all => all.Where(static r => r.Verb == "delete").Select(static r => r.AuditId)),
        ["how many act in each namespace"] = (
            "SELECT concat(namespace, ' ', count(DISTINCT principal)) FROM ledger GROUP BY namespace",
            static all => all.GroupBy(static r => r.Namespace).Select(static g => $"{g.Key} {g.DistinctBy(static r => r.Principal).Count()}")),
        ["paths that are no objects"] = (
            "SELECT concat(split_part(request_uri, '?', 1), ' ', count(*)) FROM events WHERE is_request = 1 AND resource = '' GROUP BY split_part(request_uri, '?', 1)",
            static all => all.Where(static r => r.Resource.Length == 0).CountBy(static r => r.Uri.Split('?')[0]).Select(Pair)),
    };

    public static TheoryData<string> Names => [.. Questions.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Three_ways_agree(string name)
    {
        (string sql, Func<IEnumerable<Request>, IEnumerable<string>> scan) = Questions[name];

        Report report = await new Investigator(day.Archive.Store, new InvestigationOptions { FreshMegabytes = 0 }, null).AskAsync(
            new SqlQuestion(sql), new ArchiveScope { Limit = ArchiveScope.MostRows, IsRaw = true }, TestContext.Current.CancellationToken);

        string[] byDuckDb = [.. report.Tables[0].Rows.Select(static row => (string)row[0]!).Order(StringComparer.Ordinal)];
        Assert.NotEmpty(byDuckDb);
        Assert.Equal(scan(day.Parquet).Order(StringComparer.Ordinal), byDuckDb);
        Assert.Equal(scan(day.Raw).Order(StringComparer.Ordinal), byDuckDb);
    }

    private static string Pair(KeyValuePair<string, int> pair) => $"{pair.Key} {pair.Value}";

    /// <summary>A request as a question sees it.</summary>
    public sealed record Request(
        string AuditId, DateTimeOffset Time, string Verb, string Principal, string User, string Resource, string Subresource, string Namespace,
        string Name, string Address, string UserAgent, int Code, string Reason, string Decision, string Uri)
    {
        internal long Micros => (Time.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
    }

    /// <summary>The sample in an archive, read in two ways.</summary>
    public sealed class RecordedDay : IAsyncLifetime
    {
        private static readonly string[] Columns =
        [
            "audit_id", "time", "verb", "principal", "user", "resource", "subresource", "namespace", "name", "client_ip", "user_agent",
            "response_code", "reason", "decision", "request_uri", "is_request",
        ];

        internal TestArchive Archive { get; } = new();

        internal IReadOnlyList<Request> Raw { get; private set; } = [];

        internal IReadOnlyList<Request> Parquet { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            await using Stream sample = await AuditFile.OpenAsync(Path.Combine(RepositoryFiles.Root, "samples/attack-day.jsonl.gz"), default);
            using StreamReader lines = new(sample);
            List<string> all = [];
            while (await lines.ReadLineAsync() is { } line)
            {
                all.Add(line);
            }

            // Some of it comes twice.
            foreach (string[] some in all.Chunk(2_000))
            {
                Archive.Put(TestArchive.Hour, "prod", [.. some, .. some.Take(100)]);
            }

            await Archive.CompactAsync();
            Raw = [.. ReadRaw()];
            Parquet = [.. ReadParquet()];
        }

        public ValueTask DisposeAsync()
        {
            Archive.Dispose();
            return ValueTask.CompletedTask;
        }

        private IEnumerable<Request> ReadRaw()
        {
            MessageReader reader = new(new AuditEventParser(), "prod");
            Dictionary<RequestKey, (AuditStage Stage, Request Request)> first = [];
            foreach (string file in Directory.EnumerateFiles(Path.Combine(Archive.Folder, "raw"), "*", SearchOption.AllDirectories))
            {
                using StreamReader lines = new(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
                while (lines.ReadLine() is { } line)
                {
                    using IntakeBatch batch = new();
                    reader.Read(new HubMessage(Encoding.UTF8.GetBytes(line), 0, TestArchive.Hour), batch);
                    foreach (AuditEvent audit in batch.Records.Select(static record => record.Event).OfType<AuditEvent>().Where(TrainingSet.IsLearnable))
                    {
                        if (!first.TryGetValue(RequestKey.Of(audit), out var known) || audit.Stage < known.Stage)
                        {
                            first[RequestKey.Of(audit)] = (audit.Stage, RequestOf(audit));
                        }
                    }
                }
            }

            return first.Values.Select(static one => one.Request);
        }

        private static Request RequestOf(AuditEvent audit) => new(
            audit.AuditId, audit.Time, audit.Verb, audit.Principal, audit.User.Username, audit.ObjectRef.Resource,
            audit.ObjectRef.Subresource, audit.ObjectRef.Namespace, audit.ObjectRef.Name, audit.ClientAddress, audit.UserAgent,
            audit.ResponseCode, audit.Annotation("authorization.k8s.io/reason"), audit.Annotation("authorization.k8s.io/decision"),
            audit.RequestUri);

        private IEnumerable<Request> ReadParquet() =>
            Directory.EnumerateFiles(Path.Combine(Archive.Folder, "events"), "*.parquet", SearchOption.AllDirectories)
                .SelectMany(static file => new ColumnFileReader(file, Columns).Read())
                .Where(static row => row.Number(15) == 1)
                .Select(static row => new Request(
                    row.Text(0), row.Time(1), row.Text(2), row.Text(3), row.Text(4), row.Text(5), row.Text(6), row.Text(7), row.Text(8),
                    row.Text(9), row.Text(10), (int)row.Number(11), row.Text(12), row.Text(13), row.Text(14)));
    }
}
