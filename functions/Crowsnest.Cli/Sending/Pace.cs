namespace Crowsnest.Cli.Sending;

/// <summary>When the next event may be sent: at a rate, at the pace of the recording, or at once.</summary>
internal sealed class Pace
{
    private readonly TimeProvider _clock;
    private readonly double? _rate;
    private readonly double? _speed;
    private readonly long _started;
    private DateTimeOffset? _first;

    /// <param name="rate">Events a second, or null.</param>
    /// <param name="speed">How many times as fast as recorded, or null.</param>
    /// <param name="clock">Tells the time.</param>
    internal Pace(double? rate, double? speed, TimeProvider clock)
    {
        (_rate, _speed, _clock) = (rate, speed, clock);
        _started = clock.GetTimestamp();
    }

    /// <summary>How long to wait before an event.</summary>
    /// <param name="sent">How many were sent before it.</param>
    /// <param name="time">When it happened.</param>
    internal TimeSpan Wait(long sent, DateTimeOffset time)
    {
        TimeSpan due = TimeSpan.Zero;
        if (_rate is { } rate)
        {
            due = TimeSpan.FromSeconds(sent / rate);
        }
        else if (_speed is { } speed)
        {
            // One that happened before the first has no pause to make.
            _first ??= time;
            due = (time - _first.Value) / speed;
        }

        TimeSpan wait = due - _clock.GetElapsedTime(_started);
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }
}
