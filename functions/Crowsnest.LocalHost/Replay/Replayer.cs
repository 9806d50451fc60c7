using Crowsnest.Azure.Hubs;

namespace Crowsnest.LocalHost.Replay;

/// <summary>Sends the messages of files through the hub, and waits until they are dealt with.</summary>
internal sealed class Replayer(LocalStack stack, IReadOnlyList<string> files, TimeProvider clock)
{
    // The hub keeps messages by size; what is sent much faster than it is dealt with could be lost.
    private const long MostAhead = 4_000;
    private const long LooksAfter = 500;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly long _bytes = Math.Max(1, files.Sum(static file => new FileInfo(file).Length));
    private long _read;
    private double _dealtWith;

    /// <summary>How far it is, from 0 to 1.</summary>
    internal double Share => Math.Min(1, (double)_read / _bytes) * _dealtWith;

    /// <returns>How many messages there were.</returns>
    internal async Task<long> RunAsync(CancellationToken cancellationToken)
    {
        await using HubProgress progress = stack.Progress();
        await using HubSender sender = new(stack.Emulators.Hub.CreateProducer());
        long before = 0;
        foreach (string file in files)
        {
            long looked = sender.Sent;
            await foreach (ReadOnlyMemory<byte> message in MessageLines.ReadAsync(
                file, position => _read = before + position, cancellationToken))
            {
                await sender.AddAsync(message, cancellationToken);
                if (sender.Sent - looked > LooksAfter)
                {
                    looked = sender.Sent;
                    await CatchUpAsync(progress, sender.Sent, MostAhead, cancellationToken);
                }
            }

            before += new FileInfo(file).Length;
        }

        await sender.FlushAsync(cancellationToken);
        await CatchUpAsync(progress, sender.Sent, 0, cancellationToken);
        return sender.Sent;
    }

    private async Task CatchUpAsync(HubProgress progress, long sent, long mostAhead, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, (long First, long Last)> sofar = await progress.NowAsync(cancellationToken);
        while (true)
        {
            await stack.ThrowIfFailedAsync();
            long behind = await progress.BehindAsync(sofar, cancellationToken);
            _dealtWith = (double)Math.Max(0, sent - behind) / Math.Max(1, sent);
            if (behind <= mostAhead)
            {
                return;
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }
}
