using Azure.Storage.Queues;
using Crowsnest.Azure.Storage;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Http;
using Crowsnest.LocalHost.Triggers;
using Crowsnest.LocalHost.Worker;

namespace Crowsnest.LocalHost;

/// <summary>
/// Everything that runs: storage and hub, the function app's worker, and the triggers that play the Functions host. Disposing ends
/// all of it.
/// </summary>
internal sealed class LocalStack : IAsyncDisposable
{
    private const string Correlation = "CorrelateActivity";
    private const string ConsoleKey = "Crowsnest__Console__LocalKey";

    // What runs gets as long as the real host gives it.
    private static readonly TimeSpan GraceTime = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan DrainPause = TimeSpan.FromMilliseconds(100);

    // Longer than a failed message or one of a host that was killed stays hidden, and than what is held back in a minute.
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan StartAgainAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Emulators _emulators;
    private readonly BlobCheckpointStore _checkpoints;
    private Task _running = Task.CompletedTask;
    private Task _broken = Task.CompletedTask;
    private Task _reading = Task.CompletedTask;
    private BatchDelivery? _delivery;
    private HubReader? _reader;
    private HttpFront? _front;

    private LocalStack(Emulators emulators)
    {
        _emulators = emulators;
        _checkpoints = new BlobCheckpointStore(emulators.Storage.Blobs.GetBlobContainerClient(BlobCheckpointStore.Container));
        ConsumerGroup = "";
    }

    internal Emulators Emulators => _emulators;

    internal StorageClients Storage => _emulators.Storage;

    internal FunctionWorker Worker { get; private set; } = null!;

    internal HostKeys Keys { get; private set; } = null!;

    /// <summary>Opens the console; it has the key in it.</summary>
    internal string ConsoleLink { get; private set; } = "";

    internal IReadOnlyList<QueueTrigger> Queues { get; private set; } = [];

    internal IReadOnlyList<TimerTrigger> Timers { get; private set; } = [];

    /// <summary>Batches that failed after their last retry; the real host loses them, so must this one say so.</summary>
    internal int LostBatches => _delivery?.Lost ?? 0;

    /// <summary>Ends only when something has broken down.</summary>
    internal Task Failure => Task.WhenAny(_broken, Worker.Failed).Unwrap();

    internal string ConsumerGroup { get; private set; }

    internal static async Task<LocalStack> StartAsync(
        LocalHostOptions options, TimeProvider clock, Action<string> say, CancellationToken cancellationToken)
    {
        HttpFront.CheckFree(options.HttpPort, "--http-port");
        HttpFront.CheckFree(options.IngestPort, "--ingest-port");
        Directory.CreateDirectory(options.DataFolder);
        LocalStack stack = new(await Emulators.StartAsync(options, clock, say, cancellationToken));
        try
        {
            await stack.StartAppAsync(options, clock, say, cancellationToken);
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary>Says how far the hub's messages are dealt with. Dispose it when done.</summary>
    internal HubProgress Progress() => new(_emulators.Hub.CreateProducer(), _checkpoints, ConsumerGroup);

    /// <summary>
    /// Has what came in correlated without waiting for the next minute, and waits until no alert is left in the queues, or none
    /// that is to be sent soon: quiet hours and summaries of an hour may be long in coming.
    /// </summary>
    /// <returns>False when some are left.</returns>
    internal async Task<bool> DrainAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        bool areSome = false;
        foreach (TimerTrigger timer in Timers.Where(static timer => timer.Name == Correlation))
        {
            await timer.FireAsync(cancellationToken);
        }

        // Whoever is correlated may ask for alerts.
        foreach (QueueTrigger queue in Queues.OrderBy(static queue => queue.Name == StorageNames.AlertsQueue))
        {
            TimeSpan rested = TimeSpan.Zero;
            while (!areSome && !await queue.IsEmptyAsync(cancellationToken))
            {
                areSome = rested >= LongestRest;
                await ThrowIfFailedAsync();
                await Task.Delay(DrainPause, clock, cancellationToken);
                rested = queue.IsAtRest ? rested + DrainPause : TimeSpan.Zero;
            }
        }

        return !areSome;
    }

    /// <exception cref="LocalHostException">Something has broken down.</exception>
    internal Task ThrowIfFailedAsync() => _broken.IsFaulted ? _broken : Worker.Failed.IsFaulted ? Worker.Failed : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        // Whoever awaited Failure has seen what broke down; what has not ended in time is ended with the worker.
        await Task.WhenAll(_running, _reader?.StopProcessingAsync() ?? Task.CompletedTask)
            .WaitAsync(GraceTime).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        if (_front is not null)
        {
            await _front.DisposeAsync();
        }

        if (Worker is not null)
        {
            await Worker.DisposeAsync();
        }

        await _emulators.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task StartAppAsync(LocalHostOptions options, TimeProvider clock, Action<string> say, CancellationToken cancellationToken)
    {
        AppSettings settings = _emulators.Settings;
        settings.Default("Crowsnest__Mail__PickupFolder", Path.Combine(options.DataFolder, "mails"));
        settings.Default("Crowsnest__PublicUrl", $"http://127.0.0.1:{options.HttpPort}");

        // Larger batches are cheaper where every call of storage has a price; on one machine nobody wants to wait for them.
        settings.Default("AzureFunctionsJobHost__extensions__eventHubs__minEventBatchSize", "1");
        HostFile host = HostFile.Read(options.AppFolder, settings);
        Keys = await HostKeys.EnsureAsync(options.DataFolder, cancellationToken);
        settings.Default(ConsoleKey, Keys.Console);
        ConsoleLink = $"http://127.0.0.1:{options.HttpPort}/api/console?key="
            + settings.Configuration[ConsoleKey.Replace("__", ":", StringComparison.Ordinal)];
        await HostKeys.WriteConsoleLinkAsync(options.DataFolder, ConsoleLink, cancellationToken);
        say("Starting the function app");
        Worker = await FunctionWorker.StartAsync(
            options.AppFolder,
            settings.Own,
            host.FunctionTimeout,
            Path.Combine(options.DataFolder, "app.log"),
            clock,
            say,
            cancellationToken);
        StartTriggers(options, settings, host, clock, say);
        await Task.WhenAny(_reading, Task.Delay(FirstLook, clock, cancellationToken));
        _front = await HttpFront.StartAsync(options, host, Keys, Worker, Timers, _emulators.Hub, cancellationToken);
    }

    private void StartTriggers(LocalHostOptions options, AppSettings settings, HostFile host, TimeProvider clock, Action<string> say)
    {
        FunctionDefinition ingestion = Functions(FunctionDefinition.EventHub).FirstOrDefault()
            ?? throw new LocalHostException("the function app has no eventHubTrigger");
        ConsumerGroup = settings.Resolve(ingestion.Text("consumerGroup", "$Default"));
        _delivery = new BatchDelivery(ingestion, Worker, clock, say);
        _reader = HubReader.Create(_emulators.Hub, new HubReaderSetup
        {
            Function = ingestion,
            Delivery = _delivery,
            Checkpoints = _checkpoints,
            ConsumerGroup = ConsumerGroup,
            Host = host,
            Clock = clock,
            Say = say,
        });
        QueueServiceClient queues = _emulators.Storage.Queues;
        Queues = [.. Functions(FunctionDefinition.Queue).Select(function => new QueueTrigger(queues, function, Worker, host, clock, say))];
        Timers =
        [
            .. Functions(FunctionDefinition.Timer)
                .Select(function => new TimerTrigger(function, Worker, _emulators.Storage.Blobs, clock, say)),
        ];
        CancellationToken stopping = _stopping.Token;
        Task[] loops =
        [
            .. Queues.Select(queue => queue.RunAsync(stopping)),
            .. Timers.Where(_ => options.TimersRun).Select(timer => timer.RunAsync(stopping)),
            Task.Delay(Timeout.InfiniteTimeSpan, stopping),
            _reading = StartReadingAsync(_reader, clock, say, stopping),
        ];
        _running = Task.WhenAll(loops);
        _broken = FirstFaultAsync(loops, stopping);
    }

    private static async Task FirstFaultAsync(Task[] loops, CancellationToken stopping)
    {
        await foreach (Task ended in Task.WhenEach(loops))
        {
            if (!stopping.IsCancellationRequested)
            {
                await ended;
            }
        }
    }

    // The reader looks at storage and hub when it starts, and either may be away.
    private static async Task StartReadingAsync(
        HubReader reader, TimeProvider clock, Action<string> say, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await reader.StartProcessingAsync(cancellationToken);
                return;
            }
            catch (AggregateException fault)
            {
                say($"The hub can't be read yet: {fault.Flatten().InnerExceptions[0].Message.Split('\n')[0]}");
                await Task.Delay(StartAgainAfter, clock, cancellationToken);
            }
        }
    }

    private IEnumerable<FunctionDefinition> Functions(string triggerType) =>
        Worker.Functions.Where(function => function.TriggerType == triggerType);
}
