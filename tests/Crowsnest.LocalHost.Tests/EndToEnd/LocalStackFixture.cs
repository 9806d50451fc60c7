using System.Text;
using Azure.Data.Tables;
using Azure.Messaging.EventHubs;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Detections;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Http;
using Crowsnest.LocalHost.Processes;
using Crowsnest.LocalHost.Triggers;
using Crowsnest.LocalHost.Worker;
using Crowsnest.Testing;

[assembly: AssemblyFixture(typeof(Crowsnest.LocalHost.Tests.EndToEnd.LocalStackFixture))]

namespace Crowsnest.LocalHost.Tests.EndToEnd;

/// <summary>
/// Azurite, the local hub and the function app, started once for all tests. Timers run only when a test asks for it.
/// </summary>
public sealed class LocalStackFixture : IAsyncLifetime
{
    /// <summary>Collection of tests that share the app and would disturb each other.</summary>
    internal const string OneAtATime = "One at a time";

    internal const string WebhookSecret = "only for tests";

    internal const string Ingestion = "IngestAuditEvents";

    private const int MostRetries = 5;

    internal LocalStack Stack { get; private set; } = null!;

    internal string DataFolder { get; } = Directory.CreateTempSubdirectory("crowsnest-e2e-").FullName;

    internal string Mails => Path.Combine(DataFolder, "mails");

    internal string UserRules => Path.Combine(DataFolder, "user-rules");

    internal int HttpPort { get; private set; }

    internal int IngestPort { get; private set; }

    /// <summary>Storage, as a connection string.</summary>
    internal string StorageConnection => Stack.Emulators.Azurite!.ConnectionString;

    public async ValueTask InitializeAsync()
    {
        LocalHostOptions options = Options(DataFolder) with
        {
            Settings = new Dictionary<string, string>
            {
                ["Crowsnest__ReloadSeconds"] = "1",

                // Tests say when it is time to.
                ["Crowsnest__CorrelateAtOnce"] = "false",

                // Many tests make alike incidents on the one day that there is.
                ["Crowsnest__AlertsPerDay"] = "10000",
                ["Crowsnest__FirstDays"] = "0",
                ["Crowsnest__UserRulesFolder"] = Directory.CreateDirectory(UserRules).FullName,
                ["Crowsnest__Webhook__Secret"] = WebhookSecret,
                ["Crowsnest__Webhook__SecretForAll"] = "true",
            },
        };
        Stack = await LocalStack.StartAsync(options, TimeProvider.System, static _ => { }, CancellationToken.None);
        HttpPort = options.HttpPort;
        IngestPort = options.IngestPort;
    }

    public async ValueTask DisposeAsync()
    {
        await Stack.DisposeAsync();
        Directory.Delete(DataFolder, recursive: true);
    }

    /// <summary>A local host on ports of its own, whose timers wait to be asked.</summary>
    internal static LocalHostOptions Options(string dataFolder)
    {
        int[] ports = AzuriteProcess.FreePorts(2);
        return new LocalHostOptions
        {
            DataFolder = dataFolder,
            AppFolder = Built.App,
            ToolsFolder = Path.Combine(RepositoryFiles.Root, ".local"),
            HttpPort = ports[0],
            IngestPort = ports[1],
            HubPort = 0,
            TimersRun = false,
            Settings = new Dictionary<string, string> { ["Crowsnest__FirstDays"] = "0" },
        };
    }

    /// <summary>A client of the HTTP functions that has the function key.</summary>
    internal HttpClient Client()
    {
        HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{HttpPort}/") };
        client.DefaultRequestHeaders.Add(HostKeys.Header, Stack.Keys.Default);
        return client;
    }

    internal FunctionDefinition Function(string name) => Stack.Worker.Functions.Single(function => function.Name == name);

    /// <summary>The lines of the archive's blobs, of clusters whose names begin with a text.</summary>
    internal async Task<List<string>> ArchivedLinesAsync(string prefix, string name = "", string cluster = "") =>
    [
        .. (await ArchivedAsync(prefix, name)).Where(member => cluster.Length == 0
                || (member.Cluster ?? "").StartsWith(cluster, StringComparison.Ordinal))
            .SelectMany(static member => Encoding.UTF8.GetString(member.Unpack().Span).Split('\n')[..^1]),
    ];

    /// <summary>What the archive's blobs hold, by cluster.</summary>
    internal async Task<List<RawMember>> ArchivedAsync(string prefix, string name = "")
    {
        BlobContainerClient archive = Stack.Storage.Archive;
        List<RawMember> members = [];
        await foreach (BlobItem blob in archive.GetBlobsAsync(
            BlobTraits.None, BlobStates.None, prefix, TestContext.Current.CancellationToken))
        {
            if (blob.Name.Contains(name, StringComparison.Ordinal))
            {
                BlobDownloadResult content = await archive.GetBlobClient(blob.Name)
                    .DownloadContentAsync(TestContext.Current.CancellationToken);
                members.AddRange(RawMember.Of(blob.Name, content.Content.ToMemory()));
            }
        }

        return members;
    }

    internal Task<List<Detection>> DetectionsAsync(string cluster) => Steps.DetectionsAsync(Stack.Storage, cluster);

    internal TableClient Table(string name) => Stack.Storage.Tables.GetTableClient(name);

    /// <summary>Calls IngestAuditEvents with messages as the host does, in batches of consecutive sequence numbers.</summary>
    internal async Task SendAsync(
        IEnumerable<ReadOnlyMemory<byte>> messages, int batchSize, long first, int partition, DateTimeOffset arrival)
    {
        foreach (ReadOnlyMemory<byte>[] batch in messages.Chunk(batchSize))
        {
            Invocation delivery = Delivery(Function(Ingestion), batch, first, partition, arrival);
            InvocationResult result = await Stack.Worker.InvokeAsync(Function(Ingestion), delivery, TestContext.Current.CancellationToken);
            for (int retry = 0; !result.Succeeded && retry < MostRetries; retry++)
            {
                // The worker may just have been killed.
                await Task.Delay(100, TestContext.Current.CancellationToken);
                result = await Stack.Worker.InvokeAsync(Function(Ingestion), delivery, TestContext.Current.CancellationToken);
            }

            Assert.True(result.Succeeded, result.Problem);
            first += batch.Length;
        }
    }

    /// <summary>One such call.</summary>
    internal static Invocation Delivery(
        FunctionDefinition function, IEnumerable<ReadOnlyMemory<byte>> messages, long first, int partition, DateTimeOffset arrival)
    {
        EventData[] events = [.. messages.Select((message, i) => HubMessages.At(message, first + i, arrival.AddMilliseconds(i)))];
        return EventHubBinding.Invocation(function, "localhost", "hub", "$Default", $"{partition}", events);
    }

    /// <summary>Runs a timer function now.</summary>
    internal async Task<InvocationResult> RunTimerAsync(string name)
    {
        InvocationResult result = await Stack.Timers.Single(timer => timer.Name == name).FireAsync(TestContext.Current.CancellationToken);
        Assert.True(result.Succeeded, result.Problem);
        return result;
    }

    /// <summary>Correlates now, and waits for the end of it.</summary>
    internal async Task CorrelateAsync()
    {
        await RunTimerAsync("CorrelateActivity");
        await EmptyAsync(StorageNames.CorrelateQueue);
    }

    /// <summary>Waits until what was posted to the webhook is judged.</summary>
    internal Task JudgedAsync() => EmptyAsync(StorageNames.WebhookQueue);

    private async Task EmptyAsync(string name)
    {
        QueueTrigger queue = Stack.Queues.Single(queue => queue.Name == name);
        while (!await queue.IsEmptyAsync(TestContext.Current.CancellationToken))
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
