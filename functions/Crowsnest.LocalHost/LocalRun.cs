using System.Diagnostics;
using System.Globalization;
using Crowsnest.LocalHost.Replay;
using Crowsnest.LocalHost.Reporting;
using Crowsnest.LocalHost.Timers;

namespace Crowsnest.LocalHost;

/// <summary>One run from start to end: start everything, send what is to be sent, report, stay or stop.</summary>
internal sealed class LocalRun(LocalHostOptions options, TimeProvider clock, Action<string> say)
{
    internal async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        foreach (string file in options.Replay.Where(static file => !File.Exists(file)))
        {
            throw new LocalHostException($"there is no file {file} to replay");
        }

        await using LocalStack stack = await LocalStack.StartAsync(options, clock, say, cancellationToken);
        say($"HTTP functions at http://127.0.0.1:{options.HttpPort}/api/, messages by POST to http://127.0.0.1:{options.IngestPort}/");
        bool runsOn = options.Stay || options.Follow is not null;
        int code = 0;
        if (options.Replay.Count > 0)
        {
            await ReplayAsync(stack, cancellationToken);
        }

        foreach (string name in options.Run)
        {
            TimerDispatcher timer = stack.Timers.FirstOrDefault(
                    timer => string.Equals(timer.Name, name, StringComparison.OrdinalIgnoreCase))
                ?? throw new LocalHostException(
                    $"there is no timer function {name}; there is {string.Join(", ", stack.Timers.Select(static t => t.Name))}");
            code = (await timer.FireAsync(cancellationToken)).Succeeded ? code : 1;
        }

        if (options.Replay.Count > 0)
        {
            await RunReport.WriteAsync(stack, options, say, cancellationToken);
        }

        if (runsOn || (options.Replay.Count == 0 && options.Run.Count == 0))
        {
            say("Running; press Ctrl+C to stop");
            await StayAsync(stack, cancellationToken);
        }

        return stack.Ingestion.LostBatches > 0 ? 1 : code;
    }

    private async Task ReplayAsync(LocalStack stack, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        long total = 0;
        foreach (string file in options.Replay)
        {
            await foreach (ReadOnlyMemory<byte> message in MessageLines.ReadAsync(file, cancellationToken))
            {
                _ = message;
                total++;
            }
        }

        string names = string.Join(", ", options.Replay.Select(Path.GetFileName));
        say($"Replaying {total.ToString("N0", CultureInfo.InvariantCulture)} messages from {names}");
        await Screen.ProgressAsync(
            "Replaying", () => stack.Hub.Done / (double)Math.Max(1, total), SendAllAsync(stack, cancellationToken));
        say(string.Create(
            CultureInfo.InvariantCulture,
            $"Replayed {total:N0} messages in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s; waiting for the alerts to be sent"));
        await Screen.ProgressAsync("Sending alerts", static () => 0.5, stack.DrainAsync(clock, cancellationToken));
    }

    private async Task SendAllAsync(LocalStack stack, CancellationToken cancellationToken)
    {
        foreach (string file in options.Replay)
        {
            await foreach (ReadOnlyMemory<byte> message in MessageLines.ReadAsync(file, cancellationToken))
            {
                await stack.Hub.SendAsync(message, cancellationToken);
            }
        }

        while (stack.Hub.Done < stack.Hub.Sent)
        {
            if (stack.Failure.IsFaulted)
            {
                await stack.Failure;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), clock, cancellationToken);
        }
    }

    private async Task StayAsync(LocalStack stack, CancellationToken cancellationToken)
    {
        Task until = options.Follow is { } path
            ? new FileFollower(path, clock).RunAsync(
                line => stack.Hub.SendAsync(line, cancellationToken).AsTask(), cancellationToken)
            : Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellationToken);
        await await Task.WhenAny(until, stack.Failure);
    }
}
