using Crowsnest.Azure.Training;
using Microsoft.Azure.Functions.Worker;

namespace Crowsnest.Functions;

/// <summary>Trains the model from the archive.</summary>
public sealed class RetrainModelFunction(ModelTrainingJob job, ILogger<RetrainModelFunction> log)
{
    [Function("RetrainModel")]
    [FixedDelayRetry(2, "00:01:00")]
    public async Task RunAsync([TimerTrigger("0 0 3 * * *", UseMonitor = true)] TimerInfo timer, CancellationToken cancellationToken) =>
        Log.Outcome(log, await job.RunAsync(cancellationToken));
}
