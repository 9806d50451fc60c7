using System.Net.Sockets;
using Azure.Messaging.EventHubs;
using Crowsnest.LocalHost.Triggers;

namespace Crowsnest.LocalHost.Replay;

/// <summary>
/// Follows a log as an API server writes it (<c>--audit-log-path</c>), through rotation by itself (lumberjack) or by logrotate,
/// also with <c>copytruncate</c>, and through compression, and keeps its place over restarts: every line is handed over once and
/// in order. Empty lines are not lines.
/// <para>
/// Without a stored place it begins with the log as it is, not with what was rotated before. Where the content it was reading
/// can't be found, it says so and goes on with the oldest file that is not older than that content: lines may then come twice,
/// but none is left out that is still there.
/// </para>
/// </summary>
internal sealed class FileFollower : IDisposable
{
    private const string Sending = "sending";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseWhileAway = TimeSpan.FromSeconds(5);

    private readonly string _path;
    private readonly FollowPlaceFile _places;
    private readonly Func<IReadOnlyList<ReadOnlyMemory<byte>>, FollowPlace, CancellationToken, Task> _use;
    private readonly TimeProvider _clock;
    private readonly Action<string> _say;
    private readonly Notices _notices;
    private LogTrail? _trail;
    private int _absent;

    /// <param name="path">The log.</param>
    /// <param name="places">Where the place is kept.</param>
    /// <param name="use">Takes lines, and the place after the last of them. The place is stored when it returns, so that it must
    /// not before the lines have been accepted where they go; when it throws, the same lines come again. The memory of the lines
    /// is not used again.</param>
    /// <param name="say">Takes what whoever runs this should know.</param>
    /// <param name="clock">Tells when to look again.</param>
    internal FileFollower(
        string path,
        FollowPlaceFile places,
        Func<IReadOnlyList<ReadOnlyMemory<byte>>, FollowPlace, CancellationToken, Task> use,
        Action<string> say,
        TimeProvider clock)
    {
        (_path, _places, _use, _say, _clock) = (Path.GetFullPath(path), places, use, say, clock);
        _notices = new Notices(say);
    }

    /// <summary>
    /// Given the stored place, finds the furthest place known elsewhere: the process can end after lines were accepted and before
    /// their place was stored, so that what they were sent in should carry it.
    /// </summary>
    internal Func<FollowPlace?, CancellationToken, Task<FollowPlace?>>? Confirm { get; init; }

    internal LogLimits Limits { get; init; } = new();

    /// <summary>Called after each look into the folder, the moment at which rotation does most harm. For tests.</summary>
    internal Action? Looked { get; init; }

    public void Dispose() => _trail?.Dispose();

    /// <summary>Follows until it is cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            TimeSpan pause = Pause;
            try
            {
                await PollAsync(cancellationToken);
                _notices.Forget(Sending);
            }
            catch (Exception away) when (away is EventHubsException or SocketException || AzureFault.IsPassing(away, cancellationToken))
            {
                _notices.Say(Sending, $"The lines of {_path} can't be sent, and are tried again: {away.Message.Split('\n')[0]}");
                pause = PauseWhileAway;
            }

            await Task.Delay(pause, _clock, cancellationToken);
        }
    }

    /// <summary>Hands over what there is.</summary>
    internal async Task PollAsync(CancellationToken cancellationToken)
    {
        _absent = File.Exists(_path) ? 0 : _absent + 1;
        if (_absent == RotatedSet.Settled)
        {
            _say($"There is no {_path}; waiting for it");
        }

        _trail ??= await StartAsync(cancellationToken);
        await _trail.PollAsync(cancellationToken);
    }

    private async Task<LogTrail> StartAsync(CancellationToken cancellationToken)
    {
        LogSearch search = new(Limits, _notices);
        RotatedFiles rotated = new(_path, _notices) { Looked = Looked };
        FollowPlace? stored = await _places.ReadAsync(cancellationToken);
        FollowPlace? confirmed = Confirm is null ? null : await Confirm(stored, cancellationToken);
        FollowPlace? place = FollowPlace.Furthest(stored, confirmed);
        if (place is null)
        {
            place = await search.BeforeAsync(_path, rotated.List(0), cancellationToken);
            await _places.WriteAsync(place, cancellationToken);
        }

        return new LogTrail(_path, search, rotated, _notices, AcceptAsync) { Place = place };
    }

    private async Task AcceptAsync(LogBatch batch, FollowPlace place, CancellationToken cancellationToken)
    {
        List<ReadOnlyMemory<byte>> lines = batch.Lines();
        if (lines.Count > 0)
        {
            await _use(lines, place, cancellationToken);
        }

        // What has been accepted is stored also when everything is being stopped.
        await _places.WriteAsync(place, CancellationToken.None);
    }
}
