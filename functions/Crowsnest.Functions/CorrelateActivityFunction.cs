using Crowsnest.Azure.Correlation;
using Microsoft.Azure.Functions.Worker;

namespace Crowsnest.Functions;

/// <summary>Finds surges and sequences in what has changed, and asks for alerts.</summary>
public sealed class CorrelateActivityFunction(ActivityCorrelator job, ILogger<CorrelateActivityFunction> log)
{
    [Function("CorrelateActivity")]
    public async Task RunAsync([TimerTrigger("0 * * * * *", UseMonitor = false)] TimerInfo timer, CancellationToken cancellationToken)
    {
        if (await job.RunAsync(cancellationToken) is { } outcome)
        {
            Log.Outcome(log, outcome);
        }
    }
}
