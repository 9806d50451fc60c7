using Crowsnest.Azure.Compaction;
using Microsoft.Azure.Functions.Worker;

namespace Crowsnest.Functions;

/// <summary>Makes of raw blobs what is queried and trained on.</summary>
public sealed class CompactArchiveFunction(ArchiveCompactionJob job, ILogger<CompactArchiveFunction> log)
{
    [Function("CompactArchive")]
    public async Task RunAsync([TimerTrigger("0 20 * * * *", UseMonitor = true)] TimerInfo timer, CancellationToken cancellationToken)
    {
        if (await job.RunAsync(unfinished: false, cancellationToken) is { } outcome)
        {
            Log.Outcome(log, outcome);
        }
    }
}
