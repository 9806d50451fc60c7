using Crowsnest.Azure.Digests;
using Microsoft.Azure.Functions.Worker;

namespace Crowsnest.Functions;

/// <summary>Mails what happened on the day before.</summary>
public sealed class SendDigestFunction(DigestJob job, ILogger<SendDigestFunction> log)
{
    [Function("SendDigest")]
    [FixedDelayRetry(5, "00:05:00")]
    public async Task RunAsync([TimerTrigger("0 0 6 * * *", UseMonitor = true)] TimerInfo timer, CancellationToken cancellationToken) =>
        Log.Outcome(log, await job.RunAsync(cancellationToken));
}
