using System.Diagnostics;
using System.Globalization;
using Crowsnest.Azure.Storage;
using Crowsnest.LocalHost.Replay;
using Crowsnest.LocalHost.Reporting;
using Crowsnest.LocalHost.Triggers;

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

        if (options.EmulatorsOnly)
        {
            return await RunEmulatorsAsync(cancellationToken);
        }

        await using LocalStack stack = await LocalStack.StartAsync(options, clock, say, cancellationToken);
        say(
            $"HTTP functions at http://127.0.0.1:{options.HttpPort}/api/ "
            + $"(key in {Path.Combine(options.DataFolder, Http.HostKeys.FileName)}), "
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

        bool stays = options.Stay || options.Follow is not null || (options.Replay.Count == 0 && options.Run.Count == 0);
        say(stays ? $"Console  {stack.ConsoleLink}"
            : $"Console  with --data {options.DataFolder} --stay: it opens what this run has found");
        if (stays)
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
        say($"Replaying {string.Join(", ", options.Replay.Select(Path.GetFileName))}");
        Replayer replayer = new(stack, options.Replay, clock);
        Task<long> running = replayer.RunAsync(cancellationToken);
        await Screen.ProgressAsync("Replaying", () => replayer.Share, running);
        long total = await running;
        say(string.Create(
            CultureInfo.InvariantCulture,
            $"Replayed {total:N0} messages in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s; waiting for the alerts to be sent"));
        Task<bool> draining = stack.DrainAsync(clock, cancellationToken);
        await Screen.ProgressAsync("Sending alerts", static () => 0.5, draining);
        if (!await draining)
        {
            say($"Some alerts are to be sent later. With --data {options.DataFolder} --stay they are sent when their time has come.");
        }
    }

    private async Task StayAsync(LocalStack stack, CancellationToken cancellationToken)
    {
        Task until = options.Follow is { } path
            ? FollowAsync(stack, path, cancellationToken)
            : Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellationToken);
        await await Task.WhenAny(until, stack.Failure);
    }

    private async Task FollowAsync(LocalStack stack, string path, CancellationToken cancellationToken)
    {
        FollowPlaceFile places = new(options.DataFolder, path, say);
        await using FollowSender sender = new(stack.Emulators.Hub, path, places, say);
        using FileFollower follower = new(path, places, sender.SendAsync, say, clock) { Confirm = sender.ConfirmAsync };
        await follower.RunAsync(cancellationToken);
    }

    private static string OverAmqp(Emulators emulators) =>
        emulators.Broker is { } broker ? $", over AMQP to sb://localhost:{broker.Port}" : "";
}
