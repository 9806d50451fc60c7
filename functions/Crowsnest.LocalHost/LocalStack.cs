using Azure;
using Azure.Storage.Queues;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Http;
using Crowsnest.LocalHost.Hub;
using Crowsnest.LocalHost.Invocation;
using Crowsnest.LocalHost.Processes;
using Crowsnest.LocalHost.Queues;
using Crowsnest.LocalHost.Timers;

namespace Crowsnest.LocalHost;

/// <summary>
/// Everything that runs: storage, the handler, and the dispatchers that play the Functions host. Disposing ends all of it.
/// </summary>
internal sealed class LocalStack : IAsyncDisposable
{
    private const string Correlation = "CorrelateActivity";

    private readonly CancellationTokenSource _stopping = new();
    private readonly List<IAsyncDisposable> _parts = [];
    private Task _dispatching = Task.CompletedTask;
    private HandlerClient? _client;

    private LocalStack(LocalEventHub hub) => Hub = hub;

    internal LocalEventHub Hub { get; }

    internal HandlerProcess Handler { get; private set; } = null!;

    internal AzuriteProcess? Azurite { get; private set; }

    internal string StorageConnection { get; private set; } = "";

    internal EventHubDispatcher Ingestion { get; private set; } = null!;

    internal IReadOnlyList<QueueDispatcher> Queues { get; private set; } = [];

    internal IReadOnlyList<TimerDispatcher> Timers { get; private set; } = [];

    /// <summary>Ends only when something has broken down.</summary>
    internal Task Failure => Task.WhenAny(_dispatching, Handler.Failed).Unwrap();

    internal static async Task<LocalStack> StartAsync(
        LocalHostOptions options,
        TimeProvider clock,
        Action<string> say,
        CancellationToken cancellationToken)
    {
        HttpFront.CheckFree(options.HttpPort, "--http-port");
        HttpFront.CheckFree(options.IngestPort, "--ingest-port");
        HostFile host = HostFile.Read(options.AppFolder);
        IReadOnlyList<FunctionFile> functions = FunctionFile.ReadAll(options.AppFolder);
        Directory.CreateDirectory(options.DataFolder);
        LocalStack stack = new(new LocalEventHub(options.Partitions, options.FirstSequenceNumber, clock));
        try
        {
            await stack.StartStorageAsync(options, say, cancellationToken);
            await stack.StartHandlerAsync(options, host, say, cancellationToken);
            await stack.StartDispatchersAsync(options, host, functions, clock, say, cancellationToken);
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Waits until every message sent has been dealt with, has what came correlated without waiting for the next minute, and
    /// waits until no alert is left in the queues.
    /// </summary>
    internal async Task DrainAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        bool isCorrelated = false;
        while (true)
        {
            if (_dispatching.IsFaulted || Handler.Failed.IsFaulted)
            {
                await Failure;
            }

            bool quiet = Hub.Done == Hub.Sent;
            if (quiet && !isCorrelated)
            {
                foreach (TimerDispatcher timer in Timers.Where(static timer => timer.Name == Correlation))
                {
                    await timer.FireAsync(cancellationToken);
                }

                isCorrelated = true;
            }

            foreach (QueueDispatcher queue in Queues)
            {
                quiet = quiet && await queue.IsEmptyAsync(cancellationToken);
            }

            if (quiet)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), clock, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        try
        {
            await _dispatching;
        }
        catch (Exception ended) when (ended is OperationCanceledException or RequestFailedException or AggregateException)
        {
            // Stopping is what was asked for; storage may be gone before the last poll.
        }

        _client?.Dispose();
        for (int i = _parts.Count - 1; i >= 0; i--)
        {
            await _parts[i].DisposeAsync();
        }

        _stopping.Dispose();
    }

    private async Task StartStorageAsync(LocalHostOptions options, Action<string> say, CancellationToken cancellationToken)
    {
        if (options.StorageConnection is { Length: > 0 } connection)
        {
            StorageConnection = connection;
            say("Storage: the connection string that is set");
            return;
        }

        string folder = await AzuriteInstaller.EnsureAsync(options.ToolsFolder, say, cancellationToken);
        say("Starting Azurite");
        string data = Path.Combine(options.DataFolder, "storage");
        Directory.CreateDirectory(data);
        Azurite = await AzuriteProcess.StartAsync(
            folder, data, Path.Combine(options.DataFolder, "azurite.log"), cancellationToken);
        _parts.Add(Azurite);
        StorageConnection = Azurite.ConnectionString;
    }

    private async Task StartHandlerAsync(
        LocalHostOptions options,
        HostFile host,
        Action<string> say,
        CancellationToken cancellationToken)
    {
        say("Starting the function app");
        Dictionary<string, string> settings = new()
        {
            ["AzureWebJobsStorage"] = StorageConnection,
            ["Crowsnest__Mail__PickupFolder"] = Path.Combine(options.DataFolder, "mails"),
            ["Crowsnest__PublicUrl"] = $"http://127.0.0.1:{options.HttpPort}",
        };
        foreach ((string name, string value) in options.Settings)
        {
            settings[name] = value;
        }

        Handler = await HandlerProcess.StartAsync(
            host, options.AppFolder, settings, Path.Combine(options.DataFolder, "handler.log"), cancellationToken);
        _parts.Add(Handler);
    }

    private async Task StartDispatchersAsync(
        LocalHostOptions options,
        HostFile host,
        IReadOnlyList<FunctionFile> functions,
        TimeProvider clock,
        Action<string> say,
        CancellationToken cancellationToken)
    {
        // The real host waits a minute longer than the function may run.
        HandlerClient client = new(Handler.Port, host.FunctionTimeout + TimeSpan.FromMinutes(1));
        _client = client;
        QueueServiceClient queues = new(StorageConnection, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None });
        FunctionFile ingestion = functions.FirstOrDefault(static f => f.TriggerType == "eventHubTrigger")
            ?? throw new LocalHostException("the function app has no eventHubTrigger");
        Ingestion = new EventHubDispatcher(Hub, ingestion, client, host.MaxEventBatchSize, clock, say);
        Queues = [.. functions.Where(static f => f.TriggerType == "queueTrigger")
            .Select(function => new QueueDispatcher(queues, function, client, host, clock, say))];
        Timers = [.. functions.Where(static f => f.TriggerType == "timerTrigger")
            .Select(function => new TimerDispatcher(function, client, clock, say))];
        _parts.Add(await HttpFront.StartAsync(options, host, functions, Timers, Hub, client.BaseAddress, cancellationToken));
        CancellationToken stopping = _stopping.Token;
        _dispatching = Task.WhenAll(
        [
            Ingestion.RunAsync(stopping),
            .. Queues.Select(queue => queue.RunAsync(stopping)),
            .. Timers.Select(timer => timer.RunAsync(stopping)),
        ]);
    }
}
