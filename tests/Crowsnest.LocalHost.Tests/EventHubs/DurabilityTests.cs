using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Crowsnest.LocalHost.EventHubs;
using Microsoft.Extensions.Time.Testing;

namespace Crowsnest.LocalHost.Tests.EventHubs;

/// <summary>What a hub still knows after it has been started again.</summary>
public sealed class DurabilityTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 2, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Restart_KeepsMessagesAndGoesOnCounting()
    {
        FakeTimeProvider clock = new(Noon);
        await using TestHub hub = await TestHub.StartAsync(partitions: 2, clock: clock);
        await hub.SendAsync(["a", "b"], partition: "1");
        List<EventData> before = await hub.ReadAsync(EventPosition.Earliest, 2, partition: "1");

        await hub.StopAsync();
        clock.Advance(TimeSpan.FromDays(1));
        await hub.RestartAsync();
        await hub.SendAsync(["c"], partition: "1");

        List<EventData> after = await hub.ReadAsync(EventPosition.Earliest, 3, partition: "1");
        Assert.Equal(before.Select(Facts), after[..2].Select(Facts));
        Assert.Equal(2, after[2].SequenceNumber);
        Assert.True(long.Parse(after[2].OffsetString, null) > long.Parse(after[1].OffsetString, null));
        Assert.Equal(Noon.AddDays(1), after[2].EnqueuedTime);
        await using EventHubConsumerClient consumer = hub.Consumer();
        Assert.Equal(Noon, (await consumer.GetEventHubPropertiesAsync(Cancellation)).CreatedOn);
    }

    [Fact]
    public async Task Restart_WithoutAnEnd_FindsWhatWasAccepted()
    {
        await using TestHub hub = await TestHub.StartAsync();
        await hub.SendAsync(["a", "b"]);

        // What the files hold while the broker still runs is what they would hold if it were killed now.
        string copy = TestHub.NewFolder();
        Copy(hub.Options.DataFolder, copy);
        await using TestHub other = await TestHub.StartAsync(TestHub.OptionsFor(copy) with { Partitions = 1 });

        Assert.Equal(["a", "b"], await other.TextsAsync(EventPosition.Earliest, 2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(100)]
    public async Task Restart_LastRecordIsTorn_IsCutOffAndSaid(int missing)
    {
        await using TestHub hub = await TestHub.StartAsync();
        await hub.SendAsync(["a"]);
        await hub.SendAsync(["torn"]);
        await hub.StopAsync();
        string file = Assert.Single(Files(hub));
        using (FileStream log = File.OpenWrite(file))
        {
            log.SetLength(log.Length - missing);
        }

        await hub.RestartAsync();
        await hub.SendAsync(["b"]);

        List<EventData> read = await hub.ReadAsync(EventPosition.Earliest, 2);
        Assert.Equal(["a", "b"], read.Select(static data => data.EventBody.ToString()));
        Assert.Equal([0, 1], read.Select(static data => data.SequenceNumber));
        Assert.Contains("have been cut off", Assert.Single(hub.Said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_OnlyRecordIsTorn_BeginsAnew()
    {
        await using TestHub hub = await TestHub.StartAsync();
        await hub.SendAsync(["torn"]);
        await hub.StopAsync();
        using (FileStream log = File.OpenWrite(Assert.Single(Files(hub))))
        {
            log.SetLength(10);
        }

        await hub.RestartAsync();
        await hub.SendAsync(["a"]);

        Assert.Equal(0, Assert.Single(await hub.ReadAsync(EventPosition.Earliest, 1)).SequenceNumber);
    }

    [Fact]
    public async Task Restart_LastRecordWasChanged_IsCutOff()
    {
        await using TestHub hub = await TestHub.StartAsync();
        await hub.SendAsync(["a"]);
        await hub.SendAsync(["b"]);
        await hub.StopAsync();
        string file = Assert.Single(Files(hub));
        byte[] bytes = await File.ReadAllBytesAsync(file, Cancellation);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Cancellation);

        await hub.RestartAsync();
        await hub.SendAsync(["c"]);

        Assert.Equal(["a", "c"], await hub.TextsAsync(EventPosition.Earliest, 2));
    }

    [Fact]
    public async Task Restart_AnEarlierFileIsDamaged_ReadersGoOnBehindItAndItIsSaid()
    {
        await using TestHub hub = await TestHub.StartAsync(retentionBytes: 64 * 1024);
        for (int i = 0; i < 8; i++)
        {
            await hub.SendAsync([new string('.', 1_000)]);
        }

        await hub.StopAsync();
        List<string> files = Files(hub);
        Assert.True(files.Count >= 3, $"{files.Count} files");
        byte[] bytes = await File.ReadAllBytesAsync(files[1], Cancellation);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(files[1], bytes, Cancellation);
        await hub.RestartAsync();

        List<EventData> read = await hub.ReadAsync(EventPosition.Earliest, 7);

        Assert.Equal(7, read.Select(static data => data.SequenceNumber).Distinct().Count());
        Assert.Equal(7, read[^1].SequenceNumber);
        string[] said = [.. hub.Said];
        Assert.Contains("the message 5 can't be read", said[0], StringComparison.Ordinal);
        Assert.Contains("1 messages, 5 to 5, could not be read", said[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_ManyFiles_PositionsInAllOfThemAreFound()
    {
        FakeTimeProvider clock = new(Noon);
        await using TestHub hub = await TestHub.StartAsync(retentionBytes: 512 * 1024, clock: clock);
        for (int i = 0; i < 20; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await hub.SendAsync(Enumerable.Repeat(new string('.', 1_000), 10));
        }

        await hub.StopAsync();
        await hub.RestartAsync();

        Assert.True(Files(hub).Count > 3, $"{Files(hub).Count} files");
        for (int number = 0; number < 200; number += 7)
        {
            EventData bySequence = (await hub.ReadAsync(EventPosition.FromSequenceNumber(number), 1))[0];
            EventData byOffset = (await hub.ReadAsync(EventPosition.FromOffset(bySequence.OffsetString, true), 1))[0];
            EventData byTime = (await hub.ReadAsync(EventPosition.FromEnqueuedTime(bySequence.EnqueuedTime.AddSeconds(-1)), 1))[0];
            Assert.Equal(number, bySequence.SequenceNumber);
            Assert.Equal(number, byOffset.SequenceNumber);
            Assert.Equal(number / 10 * 10, byTime.SequenceNumber);
        }
    }

    [Fact]
    public async Task Start_OtherNumberOfPartitions_IsRefused()
    {
        await using TestHub hub = await TestHub.StartAsync(partitions: 4);
        await hub.StopAsync();

        LocalHostException refused = await Assert.ThrowsAsync<LocalHostException>(
            () => EventHubBroker.StartAsync(hub.Options with { Partitions = 2 }, TimeProvider.System, Cancellation));

        Assert.Contains("4 partitions", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--partitions 4", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OtherHub_IsRefused()
    {
        await using TestHub hub = await TestHub.StartAsync();
        await hub.StopAsync();

        LocalHostException refused = await Assert.ThrowsAsync<LocalHostException>(
            () => EventHubBroker.StartAsync(hub.Options with { HubName = "other" }, TimeProvider.System, Cancellation));

        Assert.Contains($"holds the event hub {TestHub.Name}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_FolderInUse_IsRefused()
    {
        await using TestHub hub = await TestHub.StartAsync();

        LocalHostException refused = await Assert.ThrowsAsync<LocalHostException>(
            () => EventHubBroker.StartAsync(hub.Options with { Port = 0 }, TimeProvider.System, Cancellation));

        Assert.Contains("in use by another local event hub", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("a/b", 1, 1)]
    [InlineData("audit", 0, 1)]
    [InlineData("audit", 33, 1)]
    [InlineData("audit", 1, 0)]
    public async Task Start_OptionOutOfRange_IsRefused(string name, int partitions, long retentionBytes)
    {
        EventHubBrokerOptions options = new()
        {
            HubName = name,
            DataFolder = "never made",
            Partitions = partitions,
            RetentionBytes = retentionBytes,
        };

        await Assert.ThrowsAsync<LocalHostException>(() => EventHubBroker.StartAsync(options, TimeProvider.System, Cancellation));

        Assert.False(Directory.Exists(options.DataFolder));
    }

    private static (string Text, long Number, string Offset, DateTimeOffset Time) Facts(EventData data) =>
        (data.EventBody.ToString(), data.SequenceNumber, data.OffsetString, data.EnqueuedTime);

    private static List<string> Files(TestHub hub) =>
        [.. Directory.GetFiles(Path.Combine(hub.Options.DataFolder, "0"), "*.log").Order(StringComparer.Ordinal)];

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (Path.GetExtension(file) != ".lock")
            {
                File.Copy(file, target);
            }
        }
    }
}
