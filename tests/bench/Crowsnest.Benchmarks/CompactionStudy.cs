using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Crowsnest.Azure.Compaction;
using Crowsnest.Azure.Files;
using Crowsnest.Azure.Hubs;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;
using Crowsnest.Learning;
using Crowsnest.Testing;

namespace Crowsnest.Benchmarks;

/// <summary>
/// What compaction costs and saves: the events of a file as raw blobs of AKS messages, each in the hour of its event or all in one hour,
/// once or many times over.
/// </summary>
internal static partial class CompactionStudy
{
    private const int RecordsOfMessage = 20;

    private static readonly string Cluster = ClusterName.FromResourceId(AksEnvelope.ResourceId("study"));
    private const int MessagesOfBatch = 64;

    internal static async Task RunAsync(
        string file, int copies, bool oneHour, bool train, CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("crowsnest-study-").FullName;
        try
        {
            FolderArchiveStore store = new(Path.Combine(folder, "archive"));
            (int events, long bytes) = await FillAsync(store, file, copies, oneHour, cancellationToken);
            ArchiveCompactor compactor = new(
                store, RuleSet.Load(RuleFiles.Read(RepositoryFiles.Rules)), new AuditEventParser(), "study",
                new CompactionOptions { WorkFolder = folder });
            using Process own = Process.GetCurrentProcess();
            TimeSpan before = own.TotalProcessorTime;
            long started = Stopwatch.GetTimestamp();
            long rows = 0;
            int manifests = await compactor.RunAsync(
                null, DateTimeOffset.MaxValue, manifest => rows += manifest.Raw.Sum(static raw => raw.Events),
                static (hour, fault) => Console.WriteLine($"{hour:u}: {fault.Message}"), cancellationToken);
            double wall = Stopwatch.GetElapsedTime(started).TotalSeconds;
            own.Refresh();
            double cpu = (own.TotalProcessorTime - before).TotalSeconds;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{events:N0} events, {bytes / 1e6:N1} MB of JSON, {manifests} hours, {rows:N0} read: {wall:N1} s, {cpu:N1} CPU s, "
                + $"{events / wall:N0} events/s, {events / cpu:N0} a CPU s, peak {own.PeakWorkingSet64 / 1e6:N0} MB"));
            long all = 0;
            foreach (string kind in new[] { "raw", "events", "ledger", "training", "manifest" })
            {
                long size = 0;
                long requests = 0;
                await foreach (ArchiveItem item in store.ListAsync(kind + "/", cancellationToken))
                {
                    size += item.Length;
                    requests += item.Path.EndsWith(".requests", StringComparison.Ordinal) ? item.Length : 0;
                }

                all += kind == "raw" ? 0 : size;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{kind,-9}{size,14:N0} bytes {100.0 * size / bytes,6:0.00} % (requests {requests:N0})"));
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"without raw {100.0 * all / bytes:0.00} %"));
            if (train)
            {
                await TrainAsync(store, file, cancellationToken);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // From the aggregates, and from the events: the artefacts should be equal byte for byte.
    private static async Task TrainAsync(FolderArchiveStore store, string file, CancellationToken cancellationToken)
    {
        TrainingOptions options = new();
        RuleSet rules = RuleSet.Load(RuleFiles.Read(RepositoryFiles.Rules));
        TrainingSet fromHours = new(options.HashKey, rules);
        long started = Stopwatch.GetTimestamp();
        await foreach (ArchiveItem item in store.ListAsync(ArchivePath.TrainingPrefix, cancellationToken))
        {
            if (!item.Path.EndsWith(".requests", StringComparison.Ordinal))
            {
                using MemoryStream aggregate = new();
                await store.ReadAsync(item.Path, aggregate, cancellationToken);
                aggregate.Position = 0;
                fromHours.Read(aggregate, null, null);
            }
        }

        double reading = Stopwatch.GetElapsedTime(started).TotalSeconds;
        started = Stopwatch.GetTimestamp();
        TrainingSet fromEvents = new(options.HashKey, rules);
        MessageReader reader = new(new AuditEventParser(), Cluster);
        await using Stream stream = await AuditFile.OpenAsync(file, cancellationToken);
        await foreach (HubMessage piece in AuditFile.ReadPiecesAsync(stream, cancellationToken))
        {
            using IntakeBatch batch = new();
            reader.Read(piece with { Cluster = Cluster }, batch);
            foreach (IntakeRecord record in batch.Records.Where(static record => record.Event is not null))
            {
                fromEvents.Add(record.Event!, alerted: false);
            }
        }

        double taking = Stopwatch.GetElapsedTime(started).TotalSeconds;
        byte[] one = ModelFile.Write(ModelTrainer.Train(fromHours, options, cancellationToken));
        byte[] other = ModelFile.Write(ModelTrainer.Train(fromEvents, options, cancellationToken));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"aggregates read in {reading:0.0} s, events in {taking:0.0} s; {fromHours.Events} and {fromEvents.Events} requests; "
            + $"artefacts of {one.Length} and {other.Length} bytes are {(one.AsSpan().SequenceEqual(other) ? "equal" : "different")}"));
    }

    private static async Task<(int Events, long Bytes)> FillAsync(
        FolderArchiveStore store, string file, int copies, bool oneHour, CancellationToken cancellationToken)
    {
        AksEnvelope envelope = new(AksEnvelope.ResourceId("study"));
        AuditEventParser parser = new();
        MessageReader reader = new(parser, "study");
        List<byte[]> records = [];
        DateTimeOffset hour = default;
        int events = 0;
        long bytes = 0;
        long sequence = 0;
        for (int copy = 0; copy < copies; copy++)
        {
            await using Stream stream = await AuditFile.OpenAsync(file, cancellationToken);
            using StreamReader lines = new(stream);
            while (await lines.ReadLineAsync(cancellationToken) is { } line)
            {
                // Copies are other requests: their ids differ.
                string text = oneHour ? Hour().Replace(line, "${1}2026-11-02T10") : line;
                byte[] json = System.Text.Encoding.UTF8.GetBytes(copy == 0 ? text
                    : text.Replace("\"auditID\":\"", $"\"auditID\":\"{copy}-", StringComparison.Ordinal));
                DateTimeOffset time = TimeOf(parser, json);
                DateTimeOffset next = time.AddTicks(-(time.Ticks % TimeSpan.TicksPerHour));
                if (next != hour || records.Count == RecordsOfMessage * MessagesOfBatch)
                {
                    sequence = await WriteAsync(store, reader, records, hour, sequence, cancellationToken);
                    hour = next;
                }

                records.Add(envelope.Record(json, time));
                events++;
                bytes += json.Length;
            }
        }

        await WriteAsync(store, reader, records, hour, sequence, cancellationToken);
        return (events, bytes);
    }

    [GeneratedRegex("(\"(?:requestReceived|stage)Timestamp\":\")\\d{4}-\\d\\d-\\d\\dT\\d\\d")]
    private static partial Regex Hour();

    private static DateTimeOffset TimeOf(AuditEventParser parser, byte[] json) =>
        parser.Parse(json, "study", default, out AuditEvent? audit) == AuditParseStatus.Parsed ? audit!.Time : default;

    private static async Task<long> WriteAsync(
        FolderArchiveStore store, MessageReader reader, List<byte[]> records, DateTimeOffset hour, long sequence,
        CancellationToken cancellationToken)
    {
        if (records.Count == 0)
        {
            return sequence;
        }

        using IntakeBatch batch = new();
        long first = sequence;
        foreach (byte[][] some in records.Chunk(RecordsOfMessage))
        {
            reader.Read(new HubMessage(
                AksEnvelope.Message(some.Select(static one => (ReadOnlyMemory<byte>)one)), sequence++, hour.AddMinutes(59)), batch);
        }

        records.Clear();
        foreach (ArchiveBlob blob in RawArchive.Lay(batch.Records, new BatchPosition("0", first, sequence - 1, hour)).Blobs)
        {
            await store.WriteAsync(blob.Path, new MemoryStream(blob.Content), replaces: null, cancellationToken);
        }

        return sequence;
    }
}
