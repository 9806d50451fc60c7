using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Invocation;
using NCrontab;

namespace Crowsnest.LocalHost.Timers;

/// <summary>Runs a timer function by its NCRONTAB schedule: six fields, UTC.</summary>
internal sealed class TimerDispatcher(FunctionFile function, HandlerClient handler, TimeProvider clock, Action<string> say)
{
    private readonly CrontabSchedule _schedule = Parse(function);
    private DateTimeOffset? _last;

    internal string Name => function.Name;

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            DateTimeOffset next = NextAfter(clock.GetUtcNow());
            await Task.Delay(next - clock.GetUtcNow(), clock, cancellationToken);
            await FireAsync(cancellationToken);
        }
    }

    /// <summary>Runs the function now, with its retries.</summary>
    internal async Task<InvocationResult> FireAsync(CancellationToken cancellationToken)
    {
        for (int retry = 0; ; retry++)
        {
            DateTimeOffset now = clock.GetUtcNow();
            byte[] body = Payload.Timer(function.BindingName, function.Name, _last, NextAfter(now), late: false, now);
            InvocationResult result = await handler.InvokeAsync(function.Name, body, cancellationToken);
            _last = now;
            if (!result.Succeeded || result.Logs.Count > 0)
            {
                say(result.Succeeded ? $"{function.Name}: {string.Join("; ", result.Logs)}" : $"{function.Name} failed: {result.Problem}");
            }

            if (result.Succeeded || retry >= function.Retry.MaxRetries)
            {
                return result;
            }

            await Task.Delay(function.Retry.Delay(retry + 1), clock, cancellationToken);
        }
    }

    /// <summary>The first time after the given one that the schedule names.</summary>
    internal DateTimeOffset NextAfter(DateTimeOffset time) =>
        new(_schedule.GetNextOccurrence(time.UtcDateTime), TimeSpan.Zero);

    private static CrontabSchedule Parse(FunctionFile function) =>
        CrontabSchedule.TryParse(
            function.Text("schedule"),
            new CrontabSchedule.ParseOptions { IncludingSeconds = true })
        ?? throw new LocalHostException(
            $"{function.Name}: '{function.Text("schedule")}' is not a schedule of six fields such as '0 0 3 * * *'");
}
