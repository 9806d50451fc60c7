using System.Globalization;
using System.Net;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.LocalHost;
using Crowsnest.Testing;

namespace Crowsnest.Benchmarks;

/// <summary>How long the pages of the console take, and how large they are, with many incidents in 30 days of two clusters.</summary>
internal static class ConsoleStudy
{
    private const int Days = 30;
    private const int Times = 40;
    private const int TimesOfQuestion = 10;
    private const int AtOnce = 500;

    private static readonly Severity[] Severities =
        [Severity.Low, Severity.Low, Severity.Medium, Severity.Low, Severity.High, Severity.Medium, Severity.Low, Severity.Critical];

    private static readonly string[] Tactics =
        ["discovery", "credential-access", "privilege-escalation", "persistence", "execution", "lateral-movement"];

    /// <param name="count">How many incidents.</param>
    /// <param name="archive">A folder with an archive to ask, or null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal static async Task RunAsync(int count, string? archive, CancellationToken cancellationToken)
    {
        TimeProvider clock = TimeProvider.System;
        LocalHostOptions options = FleetStudy.Options(new Dictionary<string, string>());
        await using LocalStack stack = await LocalStack.StartAsync(options, clock, Console.WriteLine, cancellationToken);
        IReadOnlyList<Incident> incidents = await FillAsync(stack.Storage, count, clock.GetUtcNow(), cancellationToken);
        if (archive is not null)
        {
            await UploadAsync(stack.Storage, archive, cancellationToken);
        }

        using HttpClientHandler handler = new() { CookieContainer = new CookieContainer() };
        using HttpClient client = new(handler) { BaseAddress = new Uri(stack.ConsoleLink) };
        (await client.GetAsync(client.BaseAddress, cancellationToken)).EnsureSuccessStatusCode();
        Console.WriteLine(
            $"{count:N0} incidents in {Days} days of two clusters; pages {Times} times, questions {TimesOfQuestion} times, "
            + "one after another");
        Console.WriteLine("page                                     median ms   p95 ms   most ms   KB");
        int asked = 0;
        await MeasureAsync("overview", () => "");
        await MeasureAsync("incidents", () => "/incidents");
        await MeasureAsync("incidents, page 100", () => "/incidents?state=any&offset=5000");
        await MeasureAsync("incidents, critical of one cluster", () => "/incidents?severity=Critical&cluster=blue");
        await MeasureAsync("incidents, one actor", () => $"/incidents?state=any&actor=person-{asked * 7}@");
        await MeasureAsync("an incident", () => PathOf(incidents[asked * 131 % incidents.Count]));
        await MeasureAsync("rules", () => "/rules");
        if (archive is not null)
        {
            const string Sql = "SELECT%20verb,sum(count)%20FROM%20ledger%20GROUP%20BY%20verb";
            await MeasureAsync("explore: who", () => "/explore/who?resource=secrets", TimesOfQuestion);
            await MeasureAsync("explore: tools", () => "/explore/tools", TimesOfQuestion);
            await MeasureAsync("explore: verbs by SQL", () => "/explore/sql?query=" + Sql, TimesOfQuestion);
        }

        async Task MeasureAsync(string name, Func<string> path, int times = Times)
        {
            List<double> took = [];
            int bytes = 0;
            for (int i = 0; i < times; i++, asked++)
            {
                long started = clock.GetTimestamp();
                using HttpResponseMessage answer = await client.GetAsync(
                    new Uri("/api/console" + path(), UriKind.Relative), cancellationToken);
                byte[] body = await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(cancellationToken);
                took.Add(clock.GetElapsedTime(started).TotalMilliseconds);
                bytes = Math.Max(bytes, body.Length);
            }

            took.Sort();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-40} {took[times / 2],9:0}  {took[(int)(times * 0.95)],7:0}  {took[^1],8:0}  {bytes / 1024.0,4:0}"));
        }
    }

    private static string PathOf(Incident incident) =>
        $"/incident?cluster={incident.Cluster}&day={incident.Day.ToString("O", CultureInfo.InvariantCulture)}&id={incident.Id}";

    private static async Task<IReadOnlyList<Incident>> FillAsync(
        StorageClients storage, int count, DateTimeOffset now, CancellationToken cancellationToken)
    {
        IncidentTable table = new(storage);
        DetectionTable findings = new(storage);
        List<Incident> incidents = [];
        foreach (int[] some in Enumerable.Range(0, count).Chunk(AtOnce))
        {
            List<Detection> detections = [.. some.SelectMany(i => FindingsOf(i, count, now))];
            await findings.WriteAsync(detections, cancellationToken);
            IReadOnlyList<Incident> made = IncidentBuilder.Group(detections);
            await table.WriteAsync([.. made], cancellationToken);
            incidents.AddRange(made);
        }

        return incidents;
    }

    // Some are small and some are large, as they come.
    private static IEnumerable<Detection> FindingsOf(int i, int count, DateTimeOffset now) => Enumerable.Range(0, i % 40 == 0 ? 40 : 4)
        .Select(n => Some.Detection(
            $"{i}-{n}", severity: Severities[(i + n) % Severities.Length], tactic: Tactics[n % Tactics.Length],
            principal: $"person-{i}@example.org") with
        {
            Cluster = i % 2 == 0 ? "blue" : "green",
            Time = now.AddDays(-Days * (double)(count - i) / count).AddMinutes(n),
        });

    private static async Task UploadAsync(StorageClients storage, string folder, CancellationToken cancellationToken)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            await using FileStream content = File.OpenRead(file);
            await storage.Archive.GetBlobClient(Path.GetRelativePath(folder, file).Replace('\\', '/'))
                .UploadAsync(content, overwrite: true, cancellationToken);
        }
    }
}
