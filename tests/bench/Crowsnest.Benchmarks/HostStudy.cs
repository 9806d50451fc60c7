using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using Crowsnest.Azure.Files;
using Crowsnest.Azure.Hubs;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;
using Crowsnest.LocalHost.Processes;

namespace Crowsnest.Benchmarks;

/// <summary>
/// Replays a file through local hosts of several builds, in turns: records a second from the first message sent to the last one dealt
/// with, processor time, memory, and the time from the start to the first batch that was judged. Linux only: it reads /proc.
/// </summary>
internal static partial class HostStudy
{
    private const int RecordsPerMessage = 20;
    private const int Rounds = 3;

    private static readonly TimeSpan LooksEvery = TimeSpan.FromMilliseconds(50);

    internal static async Task RunAsync(string file, IReadOnlyList<string> hosts, CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("crowsnest-hosts-").FullName;
        string messages = Path.Combine(folder, "messages.jsonl.gz");
        int records = await PackAsync(file, messages, cancellationToken);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{records:N0} records, {RecordsPerMessage} a message, {Rounds} rounds in turns"));
        Dictionary<string, List<HostRun>> runs = hosts.ToDictionary(static host => host, static _ => new List<HostRun>());
        for (int round = 0; round < Rounds; round++)
        {
            foreach (string host in hosts)
            {
                string place = Path.Combine(folder, $"{round}-{runs[host].Count}-{hosts.ToList().IndexOf(host)}");
                HostRun run = await RunAsync(host, messages, place, cancellationToken);
                runs[host].Add(run);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {run.Seconds:0.0} s, CPU {run.HostSeconds:0.0} + {run.AppSeconds:0.0} + {run.StorageSeconds:0.0} s  {host}"));
            }
        }

        Console.WriteLine($"{"records/s",10}{"CPU ms/1,000: host + app",26}{"storage",9}{"to first batch, s",19}{"MB: host",10}{"app",6}");
        foreach (string host in hosts)
        {
            double Median(Func<HostRun, double> value) => runs[host].Select(value).Order().ElementAt(Rounds / 2);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{records / Median(static r => r.Seconds),10:N0}"
                + $"{Median(static r => r.HostSeconds + r.AppSeconds) * 1e6 / records,26:0.00}"
                + $"{Median(static r => r.StorageSeconds) * 1e6 / records,9:0.00}{Median(static r => r.FirstBatch),19:0.0}"
                + $"{Median(static r => r.HostMegabytes),10:N0}{Median(static r => r.AppMegabytes),6:N0}  {host}"));
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task<int> PackAsync(string file, string messages, CancellationToken cancellationToken)
    {
        AksEnvelope envelope = new(AksEnvelope.ResourceId("bench"));
        MessageReader reader = new(new AuditEventParser(), "default");
        List<ReadOnlyMemory<byte>> records = [];
        await using Stream stream = await AuditFile.OpenAsync(file, cancellationToken);
        await foreach (HubMessage piece in AuditFile.ReadPiecesAsync(stream, cancellationToken))
        {
            using IntakeBatch batch = new();
            reader.Read(piece, batch);
            records.AddRange(batch.Records.Where(static record => record.Event is not null)
                .Select(record => (ReadOnlyMemory<byte>)envelope.Record(record.Event!.Json.Span, record.Event.Time)));
        }

        await using GZipStream output = new(File.Create(messages), CompressionLevel.Fastest);
        foreach (ReadOnlyMemory<byte>[] some in records.Chunk(RecordsPerMessage))
        {
            await output.WriteAsync(AksEnvelope.Message(some), cancellationToken);
            output.WriteByte((byte)'\n');
        }

        return records.Count;
    }

    private static async Task<HostRun> RunAsync(string host, string messages, string data, CancellationToken cancellationToken)
    {
        int[] ports = AzuriteProcess.FreePorts(2);
        ProcessStartInfo start = new(
            "dotnet", [host, "--replay", messages, "--data", data, "--http-port", $"{ports[0]}", "--ingest-port", $"{ports[1]}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        long started = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        ProcessTree tree = new(process.Id);
        using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<double> firstBatch = FirstBatchAsync(data, started, done.Token);
        Task watching = WatchAsync(tree, done.Token);
        double seconds = 0;
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (Replayed().Match(line) is { Success: true } match)
            {
                seconds = double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
                tree.Look();
                await done.CancelAsync();

                // Alerts that are still on their way, some of them held back for minutes, are not measured.
                process.Kill(entireProcessTree: true);
            }
        }

        await watching;
        await process.WaitForExitAsync(cancellationToken);
        return new HostRun(
            seconds, await firstBatch, tree.Seconds(ProcessTree.Host), tree.Seconds(ProcessTree.App), tree.Seconds(ProcessTree.Storage),
            tree.Megabytes(ProcessTree.Host), tree.Megabytes(ProcessTree.App));
    }

    private static async Task WatchAsync(ProcessTree tree, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            tree.Look();
            await Task.Delay(4 * LooksEvery, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // The app logs each batch that it has judged.
    private static async Task<double> FirstBatchAsync(string data, long started, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (string log in Directory.Exists(data) ? Directory.EnumerateFiles(data, "*.log") : [])
            {
                await using FileStream file = new(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                using StreamReader reader = new(file);
                if ((await reader.ReadToEndAsync(cancellationToken)).Contains("requests judged", StringComparison.Ordinal))
                {
                    return Stopwatch.GetElapsedTime(started).TotalSeconds;
                }
            }

            await Task.Delay(LooksEvery, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return double.NaN;
    }

    [GeneratedRegex(@"^Replayed [\d,]+ messages in ([\d.]+) s")]
    private static partial Regex Replayed();

    private sealed record HostRun(
        double Seconds,
        double FirstBatch,
        double HostSeconds,
        double AppSeconds,
        double StorageSeconds,
        double HostMegabytes,
        double AppMegabytes);
}
