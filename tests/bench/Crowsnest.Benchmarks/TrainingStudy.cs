using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Crowsnest.Azure.Files;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;
using Crowsnest.Learning;
using Crowsnest.Testing;

namespace Crowsnest.Benchmarks;

/// <summary>
/// What training costs from the aggregates of a fortnight of millions of events a day. The first run makes the aggregates of the events of a
/// file: as many copies of its tenants as are asked for, each event as often as it takes. The second one trains, in a process of its own.
/// </summary>
internal static partial class TrainingStudy
{
    private const string Cluster = "study";
    private const int Days = 14;
    private const int HoursOfDay = 24;

    internal static Task RunAsync(string folder, string[] how, CancellationToken cancellationToken) =>
        how is [string file, string copies, string perDay]
            ? MakeAsync(
                new FolderArchiveStore(folder), file, int.Parse(copies, CultureInfo.InvariantCulture),
                int.Parse(perDay, CultureInfo.InvariantCulture), cancellationToken)
            : TrainAsync(new FolderArchiveStore(folder), cancellationToken);

    private static async Task MakeAsync(
        FolderArchiveStore store, string file, int copies, int perDay, CancellationToken cancellationToken)
    {
        RuleSet rules = RuleSet.Load(RuleFiles.Read(RepositoryFiles.Rules));
        List<(DateTimeOffset Hour, List<string> Lines)> recorded = await ReadAsync(file, cancellationToken);
        DateTimeOffset first = recorded[0].Hour.AddHours(-recorded[0].Hour.Hour);
        AuditEventParser parser = new();
        long events = 0;
        for (int i = 0; i < Days * HoursOfDay; i++)
        {
            (DateTimeOffset was, List<string> lines) = recorded[i % recorded.Count];
            DateTimeOffset hour = first.AddHours(i);
            TrainingSet set = new(new TrainingOptions().HashKey, rules);
            int times = Math.Max(1, perDay / HoursOfDay / (copies * lines.Count));
            foreach (string line in lines)
            {
                for (int copy = 0; copy < copies; copy++)
                {
                    byte[] json = Encoding.UTF8.GetBytes(copy == 0 ? line : Tenant().Replace(line, $"$0-{copy}"));
                    parser.Parse(json, Cluster, default, out AuditEvent? audit);
                    audit = EventRow.Read(parser, json, Cluster, hour + (audit!.Time - was))!;
                    for (int time = 0; time < times && TrainingSet.IsLearnable(audit); time++, events++)
                    {
                        set.AddNew(audit, alerted: false).Requests++;
                    }
                }
            }

            using MemoryStream aggregate = new();
            await using (BrotliStream packed = new(aggregate, CompressionLevel.Optimal, leaveOpen: true))
            {
                await using BinaryWriter writer = new(packed);
                set.Write(writer);
            }

            aggregate.Position = 0;
            await store.WriteAsync(ArchivePath.Training(Cluster, hour), aggregate, replaces: null, cancellationToken);
            if (i % HoursOfDay == 0)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"day {i / HoursOfDay}: {events:N0} requests so far; this hour {set.Rows.Count:N0} rows, {aggregate.Length:N0} bytes"));
            }
        }
    }

    private static async Task TrainAsync(FolderArchiveStore store, CancellationToken cancellationToken)
    {
        TrainingOptions options = new();
        using Process own = Process.GetCurrentProcess();
        long started = Stopwatch.GetTimestamp();
        TrainingSet set = new(options.HashKey, RuleSet.Load(RuleFiles.Read(RepositoryFiles.Rules)));
        int hours = 0;
        long bytes = 0;
        await foreach (ArchiveItem item in store.ListAsync(ArchivePath.TrainingPrefix, cancellationToken))
        {
            using MemoryStream aggregate = new();
            await store.ReadAsync(item.Path, aggregate, cancellationToken);
            aggregate.Position = 0;
            set.Read(aggregate, null, null);
            (hours, bytes) = (hours + 1, bytes + item.Length);
        }

        double reading = Stopwatch.GetElapsedTime(started).TotalSeconds;
        AnomalyModel inUse = ModelFile.Read(await File.ReadAllBytesAsync(RepositoryFiles.Model, cancellationToken));
        RetrainingResult result = Retraining.Run(set, inUse, options, falseAlertsPerDay: 10, cancellationToken);
        double all = Stopwatch.GetElapsedTime(started).TotalSeconds;
        own.Refresh();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{hours} hours, {bytes / 1e6:N1} MB: {set.Events:N0} requests of {set.Principals:N0} principals in {set.Rows.Count:N0} rows; "
            + $"read in {reading:N1} s, trained after {all:N1} s, {own.TotalProcessorTime.TotalSeconds:N1} CPU s, "
            + $"peak {own.PeakWorkingSet64 / 1e6:N0} MB, model {result.Model.Version}"));
    }

    private static async Task<List<(DateTimeOffset Hour, List<string> Lines)>> ReadAsync(string file, CancellationToken cancellationToken)
    {
        SortedDictionary<DateTimeOffset, List<string>> hours = [];
        AuditEventParser parser = new();
        await using Stream stream = await AuditFile.OpenAsync(file, cancellationToken);
        using StreamReader lines = new(stream);
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            if (parser.Parse(Encoding.UTF8.GetBytes(line), Cluster, default, out AuditEvent? audit) == AuditParseStatus.Parsed)
            {
                DateTimeOffset hour = audit!.Time.AddTicks(-(audit.Time.Ticks % TimeSpan.TicksPerHour)).ToUniversalTime();
                if (!hours.TryGetValue(hour, out List<string>? of))
                {
                    hours.Add(hour, of = []);
                }

                of.Add(line);
            }
        }

        return [.. hours.Select(static pair => (pair.Key, pair.Value))];
    }

    // Namespaces, and the accounts in them: a cluster grows by tenants. The platform's own stay as they are.
    [GeneratedRegex("(\"namespace\":\"|system:serviceaccount:)(?!kube-)[a-z0-9-]+")]
    private static partial Regex Tenant();
}
