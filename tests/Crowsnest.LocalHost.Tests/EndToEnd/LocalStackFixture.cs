using System.IO.Compression;
using System.Text.Json;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Hub;
using Crowsnest.LocalHost.Invocation;
using Crowsnest.LocalHost.Processes;
using Crowsnest.Testing;
using Microsoft.Extensions.Configuration;

[assembly: AssemblyFixture(typeof(Crowsnest.LocalHost.Tests.EndToEnd.LocalStackFixture))]

namespace Crowsnest.LocalHost.Tests.EndToEnd;

/// <summary>Azurite and the function app, started once for all tests.</summary>
public sealed class LocalStackFixture : IAsyncLifetime
{
    /// <summary>Collection of tests that share the app and would disturb each other.</summary>
    internal const string OneAtATime = "One at a time";

    internal const string WebhookSecret = "only for tests";

    internal LocalStack Stack { get; private set; } = null!;

    internal HandlerClient Client { get; private set; } = null!;

    internal HostFile Host { get; } = HostFile.Read(Built.App);

    internal string DataFolder { get; } = Directory.CreateTempSubdirectory("crowsnest-e2e-").FullName;

    internal string Mails => Path.Combine(DataFolder, "mails");

    internal string UserRules => Path.Combine(DataFolder, "user-rules");

    public async ValueTask InitializeAsync()
    {
        int[] ports = AzuriteProcess.FreePorts(2);
        LocalHostOptions options = new()
        {
            DataFolder = DataFolder,
            AppFolder = Built.App,
            ToolsFolder = Path.Combine(RepositoryFiles.Root, ".local"),
            HttpPort = ports[0],
            IngestPort = ports[1],
            FirstSequenceNumber = 5_000_000,
            Settings = new Dictionary<string, string>
            {
                ["Crowsnest__AlertDelaySeconds"] = "1",
                ["Crowsnest__ReloadSeconds"] = "1",
                ["Crowsnest__UserRulesFolder"] = Directory.CreateDirectory(UserRules).FullName,
                ["Crowsnest__Webhook__Secret"] = WebhookSecret,
            },
        };
        Stack = await LocalStack.StartAsync(options, TimeProvider.System, static _ => { }, CancellationToken.None);
        Client = new HandlerClient(Stack.Handler.Port, TimeSpan.FromMinutes(2));
        HttpPort = ports[0];
        IngestPort = ports[1];
    }

    internal int HttpPort { get; private set; }

    internal int IngestPort { get; private set; }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Stack.DisposeAsync();
        Directory.Delete(DataFolder, recursive: true);
    }

    internal async Task<List<string>> ArchivedLinesAsync(string prefix, string name = "")
    {
        BlobContainerClient archive = new(Stack.StorageConnection, "archive");
        List<string> lines = [];
        await foreach (BlobItem blob in archive.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, TestContext.Current.CancellationToken))
        {
            if (!blob.Name.Contains(name, StringComparison.Ordinal))
            {
                continue;
            }

            await using Stream stream = await archive.GetBlobClient(blob.Name).OpenReadAsync(cancellationToken: TestContext.Current.CancellationToken);
            using StreamReader reader = new(new GZipStream(stream, CompressionMode.Decompress));
            while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                lines.Add(line);
            }
        }

        return lines;
    }

    /// <summary>All detections that are stored.</summary>
    internal async Task<List<Detection>> DetectionsAsync()
    {
        List<Detection> detections = [];
        await foreach (TableEntity row in new TableClient(Stack.StorageConnection, "detections").QueryAsync<TableEntity>(
            cancellationToken: TestContext.Current.CancellationToken))
        {
            // Beside the detections lies who opened and used what.
            if (row.GetString("Json") is { } json)
            {
                detections.Add(JsonSerializer.Deserialize(json, OutputJson.Lines.Detection)!);
            }
        }

        return detections;
    }

    internal StorageClients Storage() => new(new ConfigurationBuilder().AddInMemoryCollection(
        [new("AzureWebJobsStorage", Stack.StorageConnection)]).Build());

    /// <summary>Delivers messages to IngestAuditEvents as the host does, in batches of consecutive sequence numbers.</summary>
    internal async Task SendAsync(IEnumerable<ReadOnlyMemory<byte>> messages, int batchSize, long first, int partition, DateTimeOffset arrival)
    {
        foreach (ReadOnlyMemory<byte>[] batch in messages.Chunk(batchSize))
        {
            InvocationResult result = await Client.InvokeAsync(
                "IngestAuditEvents", Body(batch, first, partition, arrival), TestContext.Current.CancellationToken);
            Assert.True(result.Succeeded, result.Problem);
            first += batch.Length;
        }
    }

    /// <summary>The body of one such delivery.</summary>
    internal static byte[] Body(IEnumerable<ReadOnlyMemory<byte>> messages, long first, int partition, DateTimeOffset arrival) =>
        Payload.EventHubBatch(
            "events",
            "IngestAuditEvents",
            "hub",
            "group",
            partition,
            [.. messages.Select((message, i) => new HubEvent(message, first + i, arrival.AddMilliseconds(i)))],
            arrival);

    /// <summary>Runs CorrelateActivity now.</summary>
    internal async Task CorrelateAsync()
    {
        InvocationResult result = await Stack.Timers.Single(static timer => timer.Name == "CorrelateActivity")
            .FireAsync(TestContext.Current.CancellationToken);
        Assert.True(result.Succeeded, result.Problem);
    }
}
