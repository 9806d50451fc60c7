using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Invocation;

namespace Crowsnest.LocalHost.Queues;

/// <summary>
/// Polls a storage queue as the queue trigger does: a failed message shows up again after the visibility timeout, and after
/// maxDequeueCount tries it moves to the poison queue.
/// </summary>
internal sealed class QueueDispatcher(
    QueueServiceClient queues,
    FunctionFile function,
    HandlerClient handler,
    HostFile host,
    TimeProvider clock,
    Action<string> say)
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);

    // The cloud pays for every poll and waits longer; on one machine nobody wants to.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly QueueClient _queue = queues.GetQueueClient(function.Text("queueName"));
    private readonly QueueClient _poison = queues.GetQueueClient(function.Text("queueName") + "-poison");
    private int _running;

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        TimeSpan pause = ShortestPause;
        while (true)
        {
            int handled = 0;
            try
            {
                handled = await PollAsync(cancellationToken);
            }
            catch (Exception fault) when (fault is RequestFailedException or AggregateException)
            {
                // Storage may be away for a while; the real host goes on polling too.
                say($"{function.Name}: the queue can't be read: {fault.Message}");
                pause = LongestPause;
            }

            pause = handled > 0 ? ShortestPause : pause * 2 < LongestPause ? pause * 2 : LongestPause;
            if (handled == 0)
            {
                await Task.Delay(pause, clock, cancellationToken);
            }
        }
    }

    /// <summary>True when no message waits, is hidden, or is being dealt with.</summary>
    internal async Task<bool> IsEmptyAsync(CancellationToken cancellationToken)
    {
        try
        {
            QueueProperties properties = await _queue.GetPropertiesAsync(cancellationToken);
            return properties.ApproximateMessagesCount == 0 && Volatile.Read(ref _running) == 0;
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return true;
        }
    }

    /// <summary>Takes one batch of messages and deals with it.</summary>
    /// <returns>How many messages there were.</returns>
    internal async Task<int> PollAsync(CancellationToken cancellationToken)
    {
        QueueMessage[] messages;
        try
        {
            // Not to be cut off: what storage has given out and nobody has taken stays hidden for the whole lease.
            cancellationToken.ThrowIfCancellationRequested();
            messages = await _queue.ReceiveMessagesAsync(host.QueueBatchSize, Lease, CancellationToken.None);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return 0;
        }

        Interlocked.Add(ref _running, messages.Length);
        await Task.WhenAll(messages.Select(message => DeliverAsync(message, cancellationToken)));
        return messages.Length;
    }

    private async Task DeliverAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        try
        {
            byte[] body = Payload.QueueMessage(function.BindingName, function.Name, message, clock.GetUtcNow());
            InvocationResult result = await handler.InvokeAsync(function.Name, body, cancellationToken);
            if (result.Succeeded)
            {
                await _queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, cancellationToken);
                return;
            }

            say($"{function.Name} failed, try {message.DequeueCount} of {host.MaxDequeueCount}: {result.Problem}");
            if (message.DequeueCount >= host.MaxDequeueCount)
            {
                await _poison.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
                await _poison.SendMessageAsync(message.Body, cancellationToken: cancellationToken);
                await _queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, cancellationToken);
                return;
            }

            await _queue.UpdateMessageAsync(
                message.MessageId, message.PopReceipt, visibilityTimeout: host.QueueRetryDelay, cancellationToken: cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Whoever runs next should not have to wait for the lease to end.
            await _queue.UpdateMessageAsync(
                message.MessageId, message.PopReceipt, visibilityTimeout: TimeSpan.Zero, cancellationToken: CancellationToken.None);
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
