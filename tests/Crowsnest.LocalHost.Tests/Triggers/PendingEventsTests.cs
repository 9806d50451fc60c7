using Azure.Messaging.EventHubs;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Triggers;
using Microsoft.Extensions.Time.Testing;

namespace Crowsnest.LocalHost.Tests.Triggers;

/// <summary>Batches are cut as the real trigger cuts them.</summary>
public sealed class PendingEventsTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Take_MinimumOfOne_GivesWhatIsThereUpToTheMost()
    {
        PendingEvents pending = new(new HostFile { MinEventBatchSize = 1, MaxEventBatchSize = 4 }, _clock);
        pending.Add(Events(0, 10));

        Assert.Equal([4, 4, 2], new[] { pending.Take()!.Count, pending.Take()!.Count, pending.Take()!.Count });
        Assert.Null(pending.Take());
    }

    [Fact]
    public void Take_FewerThanTheMinimum_WaitsForMoreOrForTheLongestWait()
    {
        HostFile host = new() { MinEventBatchSize = 5, MaxEventBatchSize = 8, MaxWaitTime = TimeSpan.FromSeconds(30) };
        PendingEvents pending = new(host, _clock);
        pending.Add(Events(0, 3));
        Assert.Null(pending.Take());

        pending.Add(Events(3, 3));
        Assert.Equal(6, pending.Take()!.Count);

        pending.Add(Events(6, 2));
        _clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Null(pending.Take());
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([6, 7], pending.Take()!.Select(static data => data.SequenceNumber));
    }

    private static IEnumerable<EventData> Events(int first, int count) =>
        Enumerable.Range(first, count).Select(static i => HubMessages.At("x"u8.ToArray(), i, DateTimeOffset.UnixEpoch));
}
