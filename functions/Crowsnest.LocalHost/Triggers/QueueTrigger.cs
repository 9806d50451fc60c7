using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Worker;

namespace Crowsnest.LocalHost.Triggers;

/// <summary>
/// Polls a storage queue as the queue trigger does: more messages are taken when <c>newBatchThreshold</c> or fewer are being dealt
/// with; one that failed shows up again after the visibility timeout, and after <c>maxDequeueCount</c> tries it moves to the poison queue.
/// </summary>
internal sealed class QueueTrigger(
    QueueServiceClient queues,
    FunctionDefinition function,
    IFunctionInvoker functions,
    HostFile host,
    TimeProvider clock,
    Action<string> say)
{
    // A message of an instance that was killed comes again after this.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);

    // The cloud pays for every poll and waits longer; on one machine nobody wants to.
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(400);

    private readonly QueueClient _queue = queues.GetQueueClient(function.Text("queueName"));
    private readonly QueueClient _poison = queues.GetQueueClient(function.Text("queueName") + "-poison");
    private readonly List<Task> _running = [];
    private int _active;

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        TimeSpan pause = ShortestPause;
        try
        {
            while (true)
            {
                int taken = 0;
                try
                {
                    taken = await TakeAsync(cancellationToken);
                }
                catch (Exception fault) when (AzureFault.IsPassing(fault, cancellationToken))
                {
                    // Storage may be away for a while; the real host goes on polling too.
                    say($"{function.Name}: the queue can't be read: {fault.Message.Split('\n')[0]}");
                    pause = LongestPause;
                }

                pause = taken > 0 ? ShortestPause : pause * 2 < LongestPause ? pause * 2 : LongestPause;
                Task next = taken > 0 ? Task.CompletedTask : Task.Delay(pause, clock, cancellationToken);
                await Task.WhenAny([next, .. _running]);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            await Task.WhenAll(_running);
        }
    }

    internal string Name => _queue.Name;

    /// <summary>True when nothing is being dealt with.</summary>
    internal bool IsAtRest => Volatile.Read(ref _active) == 0;

    /// <summary>True when no message waits, is hidden, or is being dealt with.</summary>
    internal async Task<bool> IsEmptyAsync(CancellationToken cancellationToken)
    {
        try
        {
            QueueProperties properties = await _queue.GetPropertiesAsync(cancellationToken);
            return properties.ApproximateMessagesCount == 0 && IsAtRest;
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return true;
        }
    }

    /// <summary>Takes a batch of messages, if few enough are being dealt with, and starts on them.</summary>
    /// <returns>How many there were.</returns>
    internal async Task<int> TakeAsync(CancellationToken cancellationToken)
    {
        _running.RemoveAll(static task => task.IsCompleted);
        if (_running.Count > host.NewBatchThreshold)
        {
            return 0;
        }

        try
        {
            // Not to be cut off: what storage has given out and nobody has taken stays hidden for the whole lease.
            cancellationToken.ThrowIfCancellationRequested();
            QueueMessage[] messages = await _queue.ReceiveMessagesAsync(host.QueueBatchSize, Lease, CancellationToken.None);
            Interlocked.Add(ref _active, messages.Length);
            _running.AddRange(messages.Select(message => DeliverAsync(message, cancellationToken)));
            return messages.Length;
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return 0;
        }
    }

    /// <summary>Waits for what has been started on.</summary>
    internal Task FinishAsync() => Task.WhenAll(_running);

    private async Task DeliverAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        QueueLease lease = new(_queue, message, Lease, clock);
        try
        {
            InvocationResult result = await lease.KeepWhileAsync(
                functions.InvokeAsync(function, QueueBinding.Invocation(function, message), cancellationToken));
            if (result.Succeeded)
            {
                await lease.DeleteAsync();
            }
            else if (cancellationToken.IsCancellationRequested)
            {
                // Whoever runs next should not have to wait for the lease to end.
                await lease.GiveBackAsync(TimeSpan.Zero);
            }
            else
            {
                say($"{function.Name} failed, try {message.DequeueCount} of {host.MaxDequeueCount}: {result.Problem}");
                await TryAgainAsync(message, lease);
            }
        }
        catch (OperationCanceledException)
        {
            await lease.GiveBackAsync(TimeSpan.Zero);
        }
        catch (Exception fault) when (AzureFault.IsPassing(fault, CancellationToken.None))
        {
            say($"{function.Name}: the queue can't be written: {fault.Message.Split('\n')[0]}; the message comes again");
        }
        finally
        {
            Interlocked.Decrement(ref _active);
        }
    }

    private async Task TryAgainAsync(QueueMessage message, QueueLease lease)
    {
        if (message.DequeueCount < host.MaxDequeueCount)
        {
            await lease.GiveBackAsync(host.QueueRetryDelay);
            return;
        }

        await _poison.CreateIfNotExistsAsync(cancellationToken: CancellationToken.None);
        await _poison.SendMessageAsync(message.Body, cancellationToken: CancellationToken.None);
        await lease.DeleteAsync();
    }
}
