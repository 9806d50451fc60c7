using System.Diagnostics;
using System.Globalization;
using Crowsnest.Azure;
using Crowsnest.Azure.Correlation;
using Crowsnest.Azure.Files;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Activity;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Feeds;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Rules;
using Crowsnest.LocalHost.Processes;
using Crowsnest.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Crowsnest.Benchmarks;

/// <summary>
/// What a run of CorrelateCluster takes on Azurite after a minute of 10 thousand, 100 thousand and 1 million events by 5,000
/// principals, all of them counted, some of them refused.
/// </summary>
internal static class CorrelationStudy
{
    private const int Principals = 5_000;
    private const int BatchSize = 2_000;
    private const int Partitions = 32;

    // Each such event is one of a surge by a hundred principals.
    private const int RefusedOneIn = 50;

    internal static async Task RunAsync(CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("crowsnest-study-").FullName;
        string tools = await AzuriteInstaller.EnsureAsync(
            Path.Combine(RepositoryFiles.Root, ".local"), Console.WriteLine, cancellationToken);
        await using AzuriteProcess azurite = await AzuriteProcess.StartAsync(
            tools, folder, Path.Combine(folder, "azurite.log"), cancellationToken);
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("AzureWebJobsStorage", azurite.ConnectionString),
            new("Crowsnest:RulesFolder", RepositoryFiles.Rules),
            new("Crowsnest:ShippedModel", RepositoryFiles.Model),
            new("Crowsnest:Mail:PickupFolder", folder),
        ]).Build();
        await using ServiceProvider services = new ServiceCollection().AddSingleton(configuration).AddLogging()
            .AddCrowsnest(configuration).BuildServiceProvider();
        RuleSet rules = RuleSet.Load(RuleFiles.Read(RepositoryFiles.Rules));
        Console.WriteLine(
            $"{"events/minute",14}{"batches",9}{"rows/batch",12}{"counting",12}{"run",10}{"next run",10}  "
            + $"(seconds; {Principals:N0} principals)");
        foreach (int events in new[] { 10_000, 100_000, 1_000_000 })
        {
            string cluster = string.Create(CultureInfo.InvariantCulture, $"study-{events}");
            (int batches, double rows, double counting) = await FillAsync(services, rules, cluster, events, minute: 0, cancellationToken);
            double first = await CorrelateAsync(services, cluster, cancellationToken);

            // The next minute finds the one before put together.
            await FillAsync(services, rules, cluster, events, minute: 1, cancellationToken);
            double second = await CorrelateAsync(services, cluster, cancellationToken);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{events,14:N0}{batches,9:N0}{rows,12:0.0}{counting,12:0.00}{first,10:0.00}{second,10:0.00}"));
        }
    }

    private static async Task<double> CorrelateAsync(ServiceProvider services, string cluster, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        await services.GetRequiredService<ClusterCorrelator>().RunAsync(cluster, cancellationToken);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<(int Batches, double Rows, double Counting)> FillAsync(
        ServiceProvider services, RuleSet rules, string cluster, int events, int minute, CancellationToken cancellationToken)
    {
        AuditEvent[] usual = [.. Enumerable.Range(0, Principals).Select(i => Event(cluster, i, refused: false))];
        AuditEvent[] refused = [.. Enumerable.Range(0, 100).Select(i => Event(cluster, i, refused: true))];
        DateTimeOffset start = new(TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddHours(1).AddMinutes(minute), TimeSpan.Zero);
        Judge judge = new(rules, null, 10, Severity.Low);
        Random random = new(events + minute);
        BatchTable table = services.GetRequiredService<BatchTable>();
        DetectionTable detections = services.GetRequiredService<DetectionTable>();
        int batches = 0;
        double counting = 0;
        for (int done = 0; done < events; done += BatchSize, batches++)
        {
            ActivityLog log = new();
            List<Detection> found = [];
            long started = Stopwatch.GetTimestamp();
            for (int i = done; i < Math.Min(events, done + BatchSize); i++)
            {
                AuditEvent audit = i % RefusedOneIn == 0 ? refused[random.Next(refused.Length)] : usual[random.Next(usual.Length)];
                audit.Time = start.AddSeconds(60.0 * i / events);
                judge.Add(audit, new Evidence("raw/cluster/p0-1-2.jsonl.gz", i), found, log);
            }

            counting += Stopwatch.GetElapsedTime(started).TotalSeconds;
            BatchPosition place = new((batches % Partitions).ToString(CultureInfo.InvariantCulture), done, done + BatchSize, start);
            await detections.WriteAsync(found, cancellationToken);
            await table.WriteAsync(
                log,
                found.Where(IncidentBuilder.MakesIncidents).Select(static one => (ActorDay.Of(one), one.Severity)),
                new Dictionary<(string Cluster, DateOnly Day), FeedTally>(),
                new Dictionary<(string Cluster, DateOnly Day), FeedPulse>(),
                place,
                cancellationToken);
        }

        return (batches, await RowsAsync(services, cluster, start, cancellationToken) / batches, counting);
    }

    private static async Task<double> RowsAsync(
        ServiceProvider services, string cluster, DateTimeOffset start, CancellationToken cancellationToken)
    {
        int rows = 0;
        global::Azure.Data.Tables.TableClient table =
            services.GetRequiredService<StorageClients>().Tables.GetTableClient(StorageNames.ActivityTable);
        string prefix = $"cells|{cluster}|{start:yyyy-MM-dd}";
        await foreach (var row in table.QueryAsync<global::Azure.Data.Tables.TableEntity>(
            $"RowKey ge '{prefix}' and RowKey lt '{prefix}~'", select: ["RowKey"], cancellationToken: cancellationToken))
        {
            rows += row.RowKey.Contains("|p", StringComparison.Ordinal) ? 1 : 0;
        }

        return rows;
    }

    private static AuditEvent Event(string cluster, int i, bool refused)
    {
        EventJson json = new()
        {
            AuditId = string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-8000-{i:D12}"),
            User = string.Create(CultureInfo.InvariantCulture, $"system:serviceaccount:ns-{i % 100}:app-{i}"),
            Verb = "get",
            Resource = "configmaps",
            Namespace = string.Create(CultureInfo.InvariantCulture, $"ns-{i % 100}"),
            Code = refused ? 403 : 200,
            SourceIPs = [string.Create(CultureInfo.InvariantCulture, $"10.{i / 250}.{i % 250}.9")],
        };
        string bound = json.ToString().Replace(
            "\"groups\"",
            string.Create(
                CultureInfo.InvariantCulture,
                $"\"extra\":{{\"authentication.kubernetes.io/credential-id\":[\"JTI={i:D8}\"],"
                + $"\"authentication.kubernetes.io/pod-name\":[\"app-{i}\"]}},\"groups\""),
            StringComparison.Ordinal);
        byte[] body = System.Text.Encoding.UTF8.GetBytes(bound);
        AuditParseStatus status = new AuditEventParser().Parse(body, cluster, DateTimeOffset.UnixEpoch, out AuditEvent? audit);
        return status == AuditParseStatus.Parsed ? audit! : throw new InvalidOperationException($"the event is {status}");
    }
}
