using Crowsnest.Azure.Storage;
using Microsoft.Extensions.Time.Testing;

namespace Crowsnest.LocalHost.Tests.Alerts;

/// <summary>A queue in virtual time: a day of retries takes no time at all.</summary>
internal sealed class VirtualQueue(FakeTimeProvider clock) : IAlertQueue
{
    private readonly List<(AlertMessage Message, DateTimeOffset Due)> _messages = [];
    private readonly Lock _gate = new();

    /// <summary>Everything that was ever asked for.</summary>
    internal List<AlertMessage> All { get; } = [];

    public Task SendAsync(AlertMessage message, TimeSpan delay, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _messages.Add((message, clock.GetUtcNow() + delay));
            All.Add(message);
        }

        return Task.CompletedTask;
    }

    /// <summary>Brings each message when it is due, until none is left, or none that is due by a time.</summary>
    internal async Task DrainAsync(Func<AlertMessage, Task> handle, DateTimeOffset? until = null)
    {
        while (true)
        {
            AlertMessage message;
            lock (_gate)
            {
                if (!_messages.Exists(one => until is null || one.Due <= until))
                {
                    return;
                }

                (message, DateTimeOffset due) = _messages.MinBy(static one => one.Due);
                _messages.Remove((message, due));
                if (due > clock.GetUtcNow())
                {
                    clock.SetUtcNow(due);
                }
            }

            await handle(message);
        }
    }
}
