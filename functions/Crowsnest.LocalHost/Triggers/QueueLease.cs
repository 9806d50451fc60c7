using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace Crowsnest.LocalHost.Triggers;

/// <summary>Keeps a queue's message hidden from others as long as it is being dealt with.</summary>
internal sealed class QueueLease(QueueClient queue, QueueMessage message, TimeSpan length, TimeProvider clock)
{
    private string _popReceipt = message.PopReceipt;

    /// <summary>Renews the lease until the work is done.</summary>
    internal async Task<T> KeepWhileAsync<T>(Task<T> work)
    {
        using CancellationTokenSource done = new();
        Task renewing = RenewAsync(done.Token);
        try
        {
            return await work;
        }
        finally
        {
            await done.CancelAsync();
            await renewing;
        }
    }

    internal Task DeleteAsync() => queue.DeleteMessageAsync(message.MessageId, _popReceipt, CancellationToken.None);

    /// <summary>Lets the message show up again after a while.</summary>
    internal Task GiveBackAsync(TimeSpan after) =>
        queue.UpdateMessageAsync(message.MessageId, _popReceipt, visibilityTimeout: after, cancellationToken: CancellationToken.None);

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(length / 3, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested)
            {
                return;
            }

            try
            {
                UpdateReceipt renewed = await queue.UpdateMessageAsync(
                    message.MessageId, _popReceipt, visibilityTimeout: length, cancellationToken: CancellationToken.None);
                _popReceipt = renewed.PopReceipt;
            }
            catch (Exception fault) when (AzureFault.IsPassing(fault, CancellationToken.None))
            {
                // Storage is away, or the lease ended: the message comes again, and whoever gets it finds what was done.
            }
        }
    }
}
