using System.Diagnostics;
using System.Globalization;
using Crowsnest.Azure.Hubs;
using Crowsnest.Azure.Storage;
using Crowsnest.LocalHost.Replay;
using Crowsnest.LocalHost.Reporting;
using Crowsnest.LocalHost.Triggers;

namespace Crowsnest.LocalHost;

/// <summary>One run from start to end: start everything, send what is to be sent, report, stay or stop.</summary>
internal sealed class LocalRun(LocalHostOptions options, TimeProvider clock, Action<string> say)
{
    // The hub keeps messages by size; what is sent faster than it is dealt with could be lost.
    private const long MostAhead = 4_000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    internal async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        foreach (string file in options.Replay.Where(static file => !File.Exists(file)))
        {
            throw new LocalHostException($"there is no file {file} to replay");
        }

        if (options.EmulatorsOnly)
        {
            return await RunEmulatorsAsync(cancellationToken);
        }

        await using LocalStack stack = await LocalStack.StartAsync(options, clock, say, cancellationToken);
        say($"HTTP functions at http://127.0.0.1:{options.HttpPort}/api/ (key in {Path.Combine(options.DataFolder, Http.HostKeys.FileName)}), "
            + $"messages by POST to http://127.0.0.1:{options.IngestPort}/{OverAmqp(stack.Emulators)}");
        int code = 0;
        if (options.Replay.Count > 0)
        {
            await ReplayAsync(stack, cancellationToken);
        }

        foreach (string name in options.Run)
        {
            TimerTrigger timer = stack.Timers.FirstOrDefault(
                    timer => string.Equals(timer.Name, name, StringComparison.OrdinalIgnoreCase))
                ?? throw new LocalHostException(
                    $"there is no timer function {name}; there is {string.Join(", ", stack.Timers.Select(static t => t.Name))}");
            code = (await timer.FireAsync(cancellationToken)).Succeeded ? code : 1;
        }

        if (options.Replay.Count > 0)
        {
            await RunReport.WriteAsync(stack, options, say, cancellationToken);
        }

        if (options.Stay || options.Follow is not null || (options.Replay.Count == 0 && options.Run.Count == 0))
        {
            say("Running; press Ctrl+C to stop");
            await StayAsync(stack, cancellationToken);
        }

        return stack.LostBatches > 0 ? 1 : code;
    }

    private async Task<int> RunEmulatorsAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.DataFolder);
        await using Emulators emulators = await Emulators.StartAsync(options, clock, say, cancellationToken);
        if (emulators.Azurite is { } azurite)
        {
            say($"{StorageClients.HostConnection}={azurite.ConnectionString}");
        }

        if (emulators.Broker is { } broker)
        {
            say($"{Emulators.HubSetting}={broker.ConnectionString}");
        }

        say("Running; press Ctrl+C to stop");
        await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellationToken);
        return 0;
    }

    private async Task ReplayAsync(LocalStack stack, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        long total = 0;
        foreach (string file in options.Replay)
        {
            total += await MessageLines.ReadAsync(file, cancellationToken).CountAsync(cancellationToken);
        }

        string names = string.Join(", ", options.Replay.Select(Path.GetFileName));
        say($"Replaying {total.ToString("N0", CultureInfo.InvariantCulture)} messages from {names}");
        double done = 0;
        await Screen.ProgressAsync("Replaying", () => done / Math.Max(1, total), SendAllAsync(stack, count => done = count, cancellationToken));
        say(string.Create(
            CultureInfo.InvariantCulture,
            $"Replayed {total:N0} messages in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s; waiting for the alerts to be sent"));
        await Screen.ProgressAsync("Sending alerts", static () => 0.5, stack.DrainAsync(clock, cancellationToken));
    }

    private async Task SendAllAsync(LocalStack stack, Action<long> done, CancellationToken cancellationToken)
    {
        await using HubProgress progress = stack.Progress();
        await using HubSender sender = new(stack.Emulators.Hub.CreateProducer());
        foreach (string file in options.Replay)
        {
            await foreach (ReadOnlyMemory<byte> message in MessageLines.ReadAsync(file, cancellationToken))
            {
                long sent = sender.Sent;
                await sender.AddAsync(message, cancellationToken);
                if (sent / MostAhead < sender.Sent / MostAhead)
                {
                    await CatchUpAsync(stack, progress, sender.Sent, MostAhead, done, cancellationToken);
                }
            }
        }

        await sender.FlushAsync(cancellationToken);
        await CatchUpAsync(stack, progress, sender.Sent, 0, done, cancellationToken);
    }

    private async Task CatchUpAsync(
        LocalStack stack, HubProgress progress, long sent, long most, Action<long> done, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, (long First, long Last)> sofar = await progress.NowAsync(cancellationToken);
        while (true)
        {
            await stack.ThrowIfFailedAsync();
            long behind = await progress.BehindAsync(sofar, cancellationToken);
            done(sent - behind);
            if (behind <= most)
            {
                return;
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    private async Task StayAsync(LocalStack stack, CancellationToken cancellationToken)
    {
        await using HubSender sender = new(stack.Emulators.Hub.CreateProducer());
        Task until = options.Follow is { } path
            ? new FileFollower(path, clock).RunAsync(
                async line =>
                {
                    await sender.AddAsync(line, cancellationToken);
                    await sender.FlushAsync(cancellationToken);
                },
                cancellationToken)
            : Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellationToken);
        await await Task.WhenAny(until, stack.Failure);
    }

    private static string OverAmqp(Emulators emulators) =>
        emulators.Broker is { } broker ? $", over AMQP to sb://localhost:{broker.Port}" : "";
}
