using Crowsnest.Azure.Digests;
using Crowsnest.Azure.Feeds;
using Crowsnest.Azure.Storage;
using Crowsnest.Azure.Training;
using Crowsnest.Core.Alerting;
using Crowsnest.LocalHost.Tests.Alerts;
using Crowsnest.Testing;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace Crowsnest.LocalHost.Tests.Feeds;

/// <summary>That models are no longer trained is told once, with the reason. On real storage and in virtual time.</summary>
public sealed class UntrainedModelTests : IAsyncLifetime
{
    // Of its own: there is one model, which other tests would train.
    private readonly AzuriteFixture _azurite = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _azurite.InitializeAsync();

    public ValueTask DisposeAsync() => _azurite.DisposeAsync();

    [Fact]
    public async Task Watch_NoModelForThreeDays_IsOneMailWithTheReason()
    {
        await using AlertBench bench = new(_azurite.Connection, ("Crowsnest:DefaultCluster", "main"));
        await TrainAndWatchAsync(bench, days: 3);
        Assert.Empty(bench.Mails);

        await TrainAndWatchAsync(bench, days: 4);

        MimeMessage mail = Assert.Single(bench.Mails);
        Assert.Equal("[Medium] main: No model could be trained for three days", mail.Subject);
        Assert.Contains("distinct hours are too few", mail.TextBody, StringComparison.Ordinal);
        DigestContent digest = await bench.Services.GetRequiredService<DigestReader>().ReadAsync(
            bench.Clock.GetUtcNow().AddDays(-1), bench.Clock.GetUtcNow(), Cancellation);
        Assert.Contains(digest.Model, static line => line.Contains("distinct hours are too few", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Watch_TrainedInBetween_CountsFromThen()
    {
        await using AlertBench bench = new(_azurite.Connection);
        await TrainAndWatchAsync(bench, days: 2);
        await bench.Services.GetRequiredService<ModelStore>().TriedAsync("", Cancellation);

        await TrainAndWatchAsync(bench, days: 3);
        Assert.Empty(bench.Mails);

        await TrainAndWatchAsync(bench, days: 1);
        Assert.Single(bench.Mails);
    }

    // A try at the start of each day, and the watch before and after it.
    private static async Task TrainAndWatchAsync(AlertBench bench, int days)
    {
        for (int i = 0; i < days; i++)
        {
            await WatchAsync(bench);
            string outcome = await bench.Services.GetRequiredService<ModelTrainingJob>().RunAsync(Cancellation);
            Assert.StartsWith("no model was trained", outcome, StringComparison.Ordinal);
            await WatchAsync(bench);
            bench.Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromMinutes(10));
        }
    }

    // Twice: the first turn after a time away only notes that it is there.
    private static async Task WatchAsync(AlertBench bench)
    {
        for (int turn = 0; turn < 2; turn++)
        {
            await bench.Services.GetRequiredService<FeedWatcher>().RunAsync(Cancellation);
            await bench.CorrelateAsync();
            await bench.Queue.DrainAsync(bench.SendAsync);
            bench.Clock.Advance(TimeSpan.FromMinutes(2.5));
        }
    }
}
