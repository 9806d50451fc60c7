using System.Diagnostics;
using System.Globalization;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Producer;

namespace Crowsnest.LocalHost.Tests.EventHubs;

/// <summary>Tells how fast a local event hub is here. Only its memory is judged: that does not depend on the machine.</summary>
[Collection(nameof(WithoutOthers))]
public sealed class ThroughputTests(ITestOutputHelper output)
{
    private const int Partitions = 4;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1_024, 4_000)]
    [InlineData(64 * 1024, 400)]
    public async Task Run_Messages_TakeNoMemoryToKeep(int size, int each)
    {
        await using TestHub hub = await TestHub.StartAsync(Partitions);
        byte[] body = new byte[size];
        new Random(1).NextBytes(body);
        long before = GC.GetTotalMemory(forceFullCollection: true);

        await MeasureAsync("sent", size, each, partition => SendAsync(hub, partition, body, each));
        await MeasureAsync("read", size, each, partition => ReadAsync(hub, partition, each));

        long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        long stored = (long)size * each * Partitions;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{kept / 1024:N0} KB of memory more for {stored / 1024:N0} KB of messages"));
        Assert.True(kept < stored, $"{kept} bytes kept");
    }

    private static async Task SendAsync(TestHub hub, string partition, byte[] body, int count)
    {
        await using EventHubProducerClient producer = hub.Producer();
        CreateBatchOptions options = new() { PartitionId = partition };
        EventDataBatch batch = await producer.CreateBatchAsync(options, Cancellation);
        for (int i = 0; i < count; i++)
        {
            if (!batch.TryAdd(new EventData(body)))
            {
                await producer.SendAsync(batch, Cancellation);
                batch.Dispose();
                batch = await producer.CreateBatchAsync(options, Cancellation);
                Assert.True(batch.TryAdd(new EventData(body)));
            }
        }

        await producer.SendAsync(batch, Cancellation);
        batch.Dispose();
    }

    private static async Task ReadAsync(TestHub hub, string partition, int count)
    {
        await using PartitionReceiver receiver = hub.Receiver(EventPosition.Earliest, partition);
        for (int read = 0; read < count;)
        {
            int came = (await receiver.ReceiveBatchAsync(200, TestHub.Patience, Cancellation)).Count();
            Assert.True(came > 0, $"only {read} of {count} came");
            read += came;
        }
    }

    private async Task MeasureAsync(string what, int size, int each, Func<string, Task> work)
    {
        long started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Partitions).Select(i => work(i.ToString(CultureInfo.InvariantCulture))));
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        int count = each * Partitions;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what} {count:N0} of {size:N0} bytes in {seconds:0.00} s: "
            + $"{count / seconds:N0} a second, {count * (size / 1e6) / seconds:N0} MB/s"));
    }

    [CollectionDefinition(nameof(WithoutOthers), DisableParallelization = true)]
    public sealed class WithoutOthers;
}
