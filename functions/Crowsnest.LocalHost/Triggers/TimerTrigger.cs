using Azure.Storage.Blobs;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Worker;
using Crowsnest.LocalHost.Worker.Rpc;
using NCrontab;

namespace Crowsnest.LocalHost.Triggers;

/// <summary>
/// Runs a timer function by its NCRONTAB schedule (six fields, UTC), on one instance of several. One that is monitored and whose time
/// passed while nothing ran is run at the start.
/// </summary>
internal sealed class TimerTrigger(
    FunctionDefinition function,
    IFunctionInvoker functions,
    BlobServiceClient blobs,
    TimeProvider clock,
    Action<string> say)
{
    // Shorter than a lease lasts, so that it is renewed in time.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly CrontabSchedule _schedule = Parse(function);
    private readonly TimerStatusStore? _statuses = function.Flag("useMonitor") ? new TimerStatusStore(blobs) : null;
    private readonly TimerLock _lock = new(blobs, function.Name);

    private bool _isMine;
    private DateTimeOffset _next = DateTimeOffset.MinValue;

    internal string Name => function.Name;

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(await StepAsync(cancellationToken), clock, cancellationToken);
            }
        }
        finally
        {
            await GiveUpAsync();
        }
    }

    /// <summary>Looks whether this instance runs the timer, and runs it if it is time.</summary>
    /// <returns>How long to wait before looking again.</returns>
    internal async Task<TimeSpan> StepAsync(CancellationToken cancellationToken)
    {
        bool wasMine = _isMine;
        _isMine = await TakeAsync(cancellationToken);
        if (_isMine && !wasMine && await MissedAsync(cancellationToken))
        {
            await FireAsMineAsync(isPastDue: true, cancellationToken);
        }

        DateTimeOffset now = clock.GetUtcNow();
        bool isDue = _next != DateTimeOffset.MinValue && now >= _next;
        _next = isDue || _next == DateTimeOffset.MinValue ? NextAfter(now) : _next;
        if (isDue && _isMine)
        {
            await FireAsMineAsync(isPastDue: false, cancellationToken);
        }

        TimeSpan wait = _next - clock.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait < LongestWait ? wait : LongestWait;
    }

    /// <summary>Lets another instance run the timer.</summary>
    internal async Task GiveUpAsync()
    {
        try
        {
            await _lock.ReleaseAsync(CancellationToken.None);
        }
        catch (Exception gone) when (AzureFault.IsPassing(gone, CancellationToken.None))
        {
            // The lease ends by itself.
        }
    }

    /// <summary>Runs the function now, with its retries.</summary>
    internal Task<InvocationResult> FireAsync(CancellationToken cancellationToken) => FireAsync(isPastDue: false, cancellationToken);

    /// <summary>The first time after the given one that the schedule names.</summary>
    internal DateTimeOffset NextAfter(DateTimeOffset time) =>
        new(_schedule.GetNextOccurrence(time.UtcDateTime), TimeSpan.Zero);

    // A function may run for longer than a lease lasts.
    private async Task FireAsMineAsync(bool isPastDue, CancellationToken cancellationToken)
    {
        Task<InvocationResult> running = FireAsync(isPastDue, cancellationToken);
        while (await Task.WhenAny(running, Task.Delay(LongestWait, clock, CancellationToken.None)) != running)
        {
            if (!cancellationToken.IsCancellationRequested)
            {
                _isMine = await TakeAsync(cancellationToken);
            }
        }

        await running;
    }

    private async Task<InvocationResult> FireAsync(bool isPastDue, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        TimerStatus? status = await ReadStatusAsync(cancellationToken);
        Invocation invocation = TimerBinding.Invocation(function, status, isPastDue);
        InvocationResult result = await RetryAsync(invocation, cancellationToken);
        await WriteStatusAsync(now, cancellationToken);
        return result;
    }

    private async Task<InvocationResult> RetryAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        string problem = "";
        for (int retries = 0; ; retries++)
        {
            Invocation call = function.Retry is not { } policy ? invocation : invocation.WithRetry(new RetryContext
            {
                RetryCount = retries,
                MaxRetryCount = policy.MaxRetries,
                Exception = retries == 0 ? null : new RpcException { Message = problem },
            });
            InvocationResult result = await functions.InvokeAsync(function, call, cancellationToken);
            problem = result.Problem;
            bool isGivenUp = !result.Succeeded && cancellationToken.IsCancellationRequested;
            if (!isGivenUp && (!result.Succeeded || result.Logs.Count > 0))
            {
                say(result.Succeeded ? $"{function.Name}: {string.Join("; ", result.Logs)}" : $"{function.Name} failed: {problem}");
            }

            if (result.Succeeded || isGivenUp || (function.Retry?.IsUsedUp(retries) ?? true))
            {
                return result;
            }

            await Task.Delay(function.Retry.Delay(retries + 1), clock, cancellationToken);
        }
    }

    private async Task<bool> TakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _lock.TryTakeAsync(cancellationToken);
        }
        catch (Exception fault) when (AzureFault.IsPassing(fault, cancellationToken))
        {
            // Nobody else can take it while storage is away.
            return _isMine;
        }
    }

    private async Task<bool> MissedAsync(CancellationToken cancellationToken) =>
        await ReadStatusAsync(cancellationToken) is { } status && status.Next < clock.GetUtcNow().UtcDateTime;

    private async Task<TimerStatus?> ReadStatusAsync(CancellationToken cancellationToken)
    {
        if (_statuses is null)
        {
            return null;
        }

        try
        {
            if (await _statuses.ReadAsync(function.Name, cancellationToken) is { } known)
            {
                return known;
            }

            DateTimeOffset now = clock.GetUtcNow();
            TimerStatus first = new(default, NextAfter(now).UtcDateTime, now.UtcDateTime);
            await _statuses.WriteAsync(function.Name, first, cancellationToken);
            return first;
        }
        catch (Exception fault) when (AzureFault.IsPassing(fault, cancellationToken))
        {
            return null;
        }
    }

    private async Task WriteStatusAsync(DateTimeOffset ran, CancellationToken cancellationToken)
    {
        try
        {
            DateTimeOffset now = clock.GetUtcNow();
            await (_statuses?.WriteAsync(
                function.Name,
                new TimerStatus(ran.UtcDateTime, NextAfter(now).UtcDateTime, now.UtcDateTime),
                cancellationToken) ?? Task.CompletedTask);
        }
        catch (Exception fault) when (AzureFault.IsPassing(fault, cancellationToken))
        {
            say($"{function.Name}: that it ran can't be written down: {fault.Message.Split('\n')[0]}");
        }
    }

    private static CrontabSchedule Parse(FunctionDefinition function) =>
        CrontabSchedule.TryParse(function.Text("schedule"), new CrontabSchedule.ParseOptions { IncludingSeconds = true })
        ?? throw new LocalHostException(
            $"{function.Name}: '{function.Text("schedule")}' is not a schedule of six fields such as '0 0 3 * * *'");
}
