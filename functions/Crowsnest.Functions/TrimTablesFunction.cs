using Crowsnest.Azure.Storage;
using Microsoft.Azure.Functions.Worker;

namespace Crowsnest.Functions;

/// <summary>Removes rows of the tables whose days are over.</summary>
public sealed class TrimTablesFunction(TableRetention job, ILogger<TrimTablesFunction> log)
{
    [Function("TrimTables")]
    public async Task RunAsync([TimerTrigger("0 50 * * * *", UseMonitor = false)] TimerInfo timer, CancellationToken cancellationToken)
    {
        if (!await job.RunAsync(cancellationToken))
        {
            Log.Outcome(log, "not all tables could be trimmed in time; the next hour goes on");
        }
    }
}
