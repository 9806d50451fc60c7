using System.Collections.Concurrent;
using System.Globalization;
using Azure.Data.Tables;
using Crowsnest.Azure.Hubs;
using Crowsnest.Azure.Storage;
using Crowsnest.LocalHost;
using Crowsnest.LocalHost.Processes;
using Crowsnest.Testing;
using MimeKit;

namespace Crowsnest.Benchmarks;

/// <summary>
/// A fleet on one machine: usual traffic of many clusters through the local hub, the function app and Azurite, with attacks in some;
/// how fast it is taken in, and how long it takes from an attack's message to its mail.
/// </summary>
internal static class FleetStudy
{
    private const int Partitions = 4;
    private const int Attacked = 20;
    private const int MessagesAtOnce = 50;

    // Nobody sends faster than the rate that was asked for; of that which can't be kept up the lag is printed.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    internal static async Task RunAsync(int clusters, int principals, int events, int rate, CancellationToken cancellationToken)
    {
        TimeProvider clock = TimeProvider.System;
        LocalHostOptions options = Options(new Dictionary<string, string> { ["Crowsnest__AlertDelaySeconds"] = "0" });
        string data = options.DataFolder;
        await using LocalStack stack = await LocalStack.StartAsync(options, clock, Console.WriteLine, cancellationToken);
        ProcessTree processes = new(Environment.ProcessId);
        using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task looking = LookAsync(processes, done.Token);
        ConcurrentDictionary<string, long> told = new(StringComparer.Ordinal);
        Task mails = MailsAsync(Path.Combine(data, "mails"), told, clock, done.Token);

        Dictionary<string, long> planted = [];
        long started = clock.GetTimestamp();
        await SendAsync(stack.Emulators.Hub, new FleetEvents(clusters, principals), planted, clusters, events, rate, clock, cancellationToken);
        double sending = clock.GetElapsedTime(started).TotalSeconds;
        await DealtWithAsync(stack, clock, cancellationToken);
        double judging = clock.GetElapsedTime(started).TotalSeconds;
        while (planted.Keys.Any(cluster => !told.ContainsKey(cluster)) && clock.GetElapsedTime(started).TotalSeconds < judging + Patience.TotalSeconds)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), clock, cancellationToken);
        }

        await done.CancelAsync();
        await Task.WhenAll(looking, mails).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        double[] waits =
        [
            .. planted.Where(one => told.ContainsKey(one.Key)).Select(one => clock.GetElapsedTime(one.Value, told[one.Key]).TotalSeconds).Order(),
        ];
        Print("clusters, service accounts of each, events", $"{clusters:N0}, {principals:N0}, {events:N0}");
        Print("sent, events a second", $"{events / sending:N0}");
        Print("taken in, events a second", $"{events / judging:N0}");
        Print("behind when the last was sent, s", $"{judging - sending:0.0}");
        Print("attacks mailed", $"{waits.Length} of {planted.Count}");
        if (waits.Length > 0)
        {
            Print("from message to mail, s: median, p95, most",
                $"{waits[waits.Length / 2]:0.0}, {waits[(int)(waits.Length * 0.95)]:0.0}, {waits[^1]:0.0}");
        }

        Print("mails in all", $"{Directory.GetFiles(Path.Combine(data, "mails"), "*.eml").Length:N0}");
        int detections = await RowsAsync(stack, StorageNames.DetectionsTable, cancellationToken);
        int incidents = await RowsAsync(stack, StorageNames.IncidentsTable, cancellationToken);
        Print("rows of detections, incidents", $"{detections:N0}, {incidents:N0}");
        Print("memory of the app, of storage, MB",
            $"{processes.Megabytes(ProcessTree.App):N0}, {processes.Megabytes(ProcessTree.Storage):N0}");
        Print("CPU of the app, of storage, of hub and sender, s",
            $"{processes.Seconds(ProcessTree.App):N0}, {processes.Seconds(ProcessTree.Storage):N0}, {processes.Seconds(ProcessTree.Host):N0}");
    }

    /// <summary>A local host on ports and in a folder of its own.</summary>
    internal static LocalHostOptions Options(Dictionary<string, string> settings)
    {
        int[] ports = AzuriteProcess.FreePorts(2);
        return new LocalHostOptions
        {
            DataFolder = Directory.CreateTempSubdirectory("crowsnest-bench-").FullName,
            AppFolder = Path.Combine(
                RepositoryFiles.Root, "functions", "Crowsnest.LocalHost", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name,
                "net10.0", "app"),
            ToolsFolder = Path.Combine(RepositoryFiles.Root, ".local"),
            HttpPort = ports[0],
            IngestPort = ports[1],
            HubPort = 0,
            Partitions = Partitions,
            Settings = settings,
        };
    }

    private static async Task SendAsync(
        HubConnection hub, FleetEvents fleet, Dictionary<string, long> planted, int clusters, int events, int rate, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        await using HubSender sender = new(hub.CreateProducer());
        int messages = events / FleetEvents.RecordsPerMessage;
        long started = clock.GetTimestamp();
        for (int sent = 0; sent < messages; sent++)
        {
            await sender.AddAsync(fleet.Message(fleet.Next(), clock.GetUtcNow()), cancellationToken);

            // Spread over the middle of the run, one a cluster.
            int attack = (int)((long)sent * Attacked / messages);
            if (attack > planted.Count)
            {
                int cluster = 1 + (planted.Count * (clusters - 1) / Attacked);
                await sender.AddAsync(fleet.Attack(cluster, clock.GetUtcNow()), cancellationToken);
                await sender.FlushAsync(cancellationToken);
                planted[FleetEvents.NameOf(cluster)] = clock.GetTimestamp();
            }

            if (sent % MessagesAtOnce == 0)
            {
                await sender.FlushAsync(cancellationToken);
                TimeSpan early = rate == 0 ? TimeSpan.Zero
                    : TimeSpan.FromSeconds((double)sent * FleetEvents.RecordsPerMessage / rate) - clock.GetElapsedTime(started);
                if (early > TimeSpan.Zero)
                {
                    await Task.Delay(early, clock, cancellationToken);
                }
            }
        }

        await sender.FlushAsync(cancellationToken);
    }

    private static async Task DealtWithAsync(LocalStack stack, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using HubProgress progress = stack.Progress();
        IReadOnlyDictionary<string, (long First, long Last)> sofar = await progress.NowAsync(cancellationToken);
        while (await progress.BehindAsync(sofar, cancellationToken) > 0)
        {
            await stack.ThrowIfFailedAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancellationToken);
        }
    }

    // When the first mail about the attack in a cluster was there.
    private static async Task MailsAsync(
        string folder, ConcurrentDictionary<string, long> told, TimeProvider clock, CancellationToken cancellationToken)
    {
        HashSet<string> read = new(StringComparer.Ordinal);
        while (true)
        {
            foreach (string file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.eml") : [])
            {
                if (read.Add(file))
                {
                    long now = clock.GetTimestamp();
                    using MimeMessage mail = await MimeMessage.LoadAsync(file, cancellationToken);
                    if (mail.TextBody?.Contains(FleetEvents.Mallory, StringComparison.Ordinal) is true)
                    {
                        // "[High] fleet-3-1a2b3c: …"; a cluster's name ends in a hash of its resource id.
                        string cluster = mail.Subject!.Split(']', ':')[1].Trim();
                        told.TryAdd(cluster[..cluster.LastIndexOf('-')], now);
                    }
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancellationToken);
        }
    }

    private static async Task LookAsync(ProcessTree processes, CancellationToken cancellationToken)
    {
        while (true)
        {
            processes.Look();
            await Task.Delay(500, cancellationToken);
        }
    }

    private static async Task<int> RowsAsync(LocalStack stack, string table, CancellationToken cancellationToken)
    {
        int rows = 0;
        await foreach (TableEntity _ in stack.Storage.Tables.GetTableClient(table)
            .QueryAsync<TableEntity>(select: ["RowKey"], cancellationToken: cancellationToken))
        {
            rows++;
        }

        return rows;
    }

    private static void Print(string what, FormattableString figures) =>
        Console.WriteLine($"{what,-50} {figures.ToString(CultureInfo.InvariantCulture)}");
}
