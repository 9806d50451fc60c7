using System.Diagnostics.Metrics;
using System.Globalization;
using Crowsnest.Azure;
using Crowsnest.Azure.Files;
using Crowsnest.Azure.Hubs;
using Crowsnest.Azure.Ingestion;
using Crowsnest.Core.Intake;
using Crowsnest.LocalHost.Processes;
using Crowsnest.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Crowsnest.Benchmarks;

/// <summary>
/// How many requests to storage a million events cost at intake, by service: the events of a file as AKS sends them, twenty to a message, in
/// batches as the hub's trigger makes them, of one cluster and of thirty; and which rows they are for.
/// </summary>
internal static class OperationsStudy
{
    private const int RecordsOfMessage = 20;

    internal static async Task RunAsync(string file, CancellationToken cancellationToken)
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
        List<byte[]> events = await EventsAsync(file, cancellationToken);
        Console.WriteLine($"{"clusters",9}{"messages",9}{"events",9}{"blob",9}{"table",9}{"queue",9}{"all",9}  (a million events; messages a batch)");
        foreach ((int clusters, int messages) in new[] { (1, 22), (1, 64), (1, 128), (30, 64), (30, 128) })
        {
            await using ServiceProvider services = new ServiceCollection().AddSingleton(configuration).AddLogging()
                .AddCrowsnest(configuration).BuildServiceProvider();
            using StorageRequests requests = new();
            Dictionary<string, long> counts = await IngestAsync(services, events, clusters, messages, cancellationToken);
            string Per(string service) => (counts.GetValueOrDefault(service) * 1_000_000L / events.Count)
                .ToString("N0", CultureInfo.InvariantCulture);
            counts["all"] = counts.Values.Sum();
            Console.WriteLine(
                $"{clusters,9}{messages,9}{events.Count,9}{Per("blob"),9}{Per("table"),9}{Per("queue"),9}{Per("all"),9}");
            requests.Write(Console.Out, events.Count);
        }
    }

    private static async Task<Dictionary<string, long>> IngestAsync(
        ServiceProvider services, List<byte[]> events, int clusters, int messages, CancellationToken cancellationToken)
    {
        AksEnvelope[] envelopes =
            [.. Enumerable.Range(0, clusters).Select(i => new AksEnvelope(AksEnvelope.ResourceId($"study-{clusters}-{messages}-{i}")))];
        IAuditIngestor ingestor = services.GetRequiredService<IAuditIngestor>();
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        Dictionary<string, long> counts = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = static (instrument, own) =>
        {
            if (instrument.Name == "crowsnest.storage.operations")
            {
                own.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            lock (counts)
            {
                string service = (string)tags[0].Value!;
                counts[service] = counts.GetValueOrDefault(service) + count;
            }
        });
        listener.Start();
        byte[][] bodies =
        [
            .. events.Chunk(RecordsOfMessage).Select((some, i) => AksEnvelope.Message(
                some.Select(json => (ReadOnlyMemory<byte>)envelopes[i % clusters].Record(json, now)))),
        ];
        long sequence = 0;
        foreach (byte[][] batch in bodies.Chunk(messages))
        {
            await ingestor.IngestAsync([.. batch.Select(body => new HubMessage(body, sequence++, now))], $"{clusters}x{messages}", cancellationToken);
        }

        return counts;
    }

    private static async Task<List<byte[]>> EventsAsync(string file, CancellationToken cancellationToken)
    {
        await using Stream stream = await AuditFile.OpenAsync(file, cancellationToken);
        using StreamReader reader = new(stream);
        List<byte[]> events = [];
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            events.Add(System.Text.Encoding.UTF8.GetBytes(line));
        }

        return events;
    }
}
