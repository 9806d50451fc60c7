using System.Collections.Concurrent;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Producer;
using Crowsnest.LocalHost.EventHubs;

namespace Crowsnest.LocalHost.Tests.EventHubs;

/// <summary>A local event hub with a folder of its own, and the real client's ways to use it.</summary>
internal sealed class TestHub : IAsyncDisposable
{
    internal const string Name = "audit";
    internal const string OtherGroup = "archive";

    /// <summary>More than anything takes, so that a test that fails ends.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _clock;
    private EventHubBroker _broker = null!;

    private TestHub(EventHubBrokerOptions options, TimeProvider clock)
    {
        Options = options with { Say = Said.Add };
        _clock = clock;
    }

    internal EventHubBrokerOptions Options { get; private set; }

    internal BlockingCollection<string> Said { get; } = [];

    internal EventHubBroker Broker => _broker;

    internal string ConnectionString => _broker.ConnectionString;

    private static EventHubsRetryOptions Retries => new()
    {
        MaximumRetries = 20,
        Mode = EventHubsRetryMode.Fixed,
        Delay = TimeSpan.FromMilliseconds(50),
        TryTimeout = TimeSpan.FromSeconds(10),
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    internal static EventHubBrokerOptions OptionsFor(string folder) => new()
    {
        HubName = Name,
        DataFolder = folder,
        ConsumerGroups = [OtherGroup],
    };

    internal static string NewFolder() => Directory.CreateTempSubdirectory("crowsnest-hub-").FullName;

    internal static Task<TestHub> StartAsync(int partitions = 1, long retentionBytes = 1 << 30, TimeProvider? clock = null) =>
        StartAsync(OptionsFor(NewFolder()) with { Partitions = partitions, RetentionBytes = retentionBytes }, clock);

    internal static async Task<TestHub> StartAsync(EventHubBrokerOptions options, TimeProvider? clock = null)
    {
        TestHub hub = new(options, clock ?? TimeProvider.System);
        await hub.RestartAsync();
        return hub;
    }

    /// <summary>Starts it, the first time on any port and afterwards on the same one.</summary>
    internal async Task RestartAsync()
    {
        _broker = await EventHubBroker.StartAsync(Options, _clock, Cancellation);
        Options = Options with { Port = _broker.Port };
    }

    internal ValueTask StopAsync() => _broker.DisposeAsync();

    internal EventHubProducerClient Producer() =>
        new(ConnectionString, new EventHubProducerClientOptions { RetryOptions = Retries });

    internal EventHubConsumerClient Consumer(string group = EventHubConsumerClient.DefaultConsumerGroupName) =>
        new(group, ConnectionString, new EventHubConsumerClientOptions { RetryOptions = Retries });

    internal PartitionReceiver Receiver(
        EventPosition position,
        string partition = "0",
        string group = EventHubConsumerClient.DefaultConsumerGroupName,
        long? ownerLevel = null,
        int prefetch = 300,
        bool track = false) => new(group, partition, position, ConnectionString, new PartitionReceiverOptions
        {
            RetryOptions = Retries,
            OwnerLevel = ownerLevel,
            PrefetchCount = prefetch,
            TrackLastEnqueuedEventProperties = track,
            DefaultMaximumReceiveWaitTime = Patience,
        });

    /// <summary>Sends texts in one batch to a partition.</summary>
    internal async Task SendAsync(IEnumerable<string> texts, string partition = "0")
    {
        await using EventHubProducerClient producer = Producer();
        await producer.SendAsync(
            texts.Select(static text => new EventData(text)), new SendEventOptions { PartitionId = partition }, Cancellation);
    }

    /// <summary>Receives until there are as many as wanted.</summary>
    internal static async Task<List<EventData>> ReceiveAsync(PartitionReceiver receiver, int count)
    {
        List<EventData> received = [];
        while (received.Count < count)
        {
            EventData[] batch = [.. await receiver.ReceiveBatchAsync(count - received.Count, Patience, Cancellation)];
            Assert.True(batch.Length > 0, $"only {received.Count} of {count} came");
            received.AddRange(batch);
        }

        return received;
    }

    /// <summary>Reads a partition from a position until there are as many as wanted.</summary>
    internal async Task<List<EventData>> ReadAsync(EventPosition position, int count, string partition = "0")
    {
        await using PartitionReceiver receiver = Receiver(position, partition);
        return await ReceiveAsync(receiver, count);
    }

    /// <summary>The texts of a partition from a position on.</summary>
    internal async Task<string[]> TextsAsync(EventPosition position, int count, string partition = "0") =>
        [.. (await ReadAsync(position, count, partition)).Select(static data => data.EventBody.ToString())];

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        Directory.Delete(Options.DataFolder, recursive: true);
    }
}
