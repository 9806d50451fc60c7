using Crowsnest.Azure.Feeds;
using Microsoft.Azure.Functions.Worker;

namespace Crowsnest.Functions;

/// <summary>Looks after the feeds.</summary>
public sealed class WatchFeedsFunction(FeedWatcher job, ILogger<WatchFeedsFunction> log)
{
    [Function("WatchFeeds")]
    public async Task RunAsync([TimerTrigger("30 */5 * * * *", UseMonitor = false)] TimerInfo timer, CancellationToken cancellationToken)
    {
        if (await job.RunAsync(cancellationToken) is { } outcome)
        {
            Log.Outcome(log, outcome);
        }
    }
}
