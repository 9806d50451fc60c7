using System.Threading.Channels;
using Microsoft.Azure.Amqp;

namespace Crowsnest.LocalHost.EventHubs;

/// <summary>
/// Sends one consumer the messages of a partition, as long as it gives credit and takes what it is sent. Sleeps until there
/// is a message, credit or room; ends when the link does.
/// </summary>
internal sealed class ReceiverPump
{
    // A session takes a number of frames; what it does not take yet waits in memory.
    private const long MostUnsent = 1024 * 1024;

    private readonly SendingAmqpLink _link;
    private readonly ClientConnection _connection;
    private readonly PartitionLog _log;
    private readonly LogReader _reader;
    private readonly bool _tellsLastEnqueued;
    private readonly bool _isSettledOnSend;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private long _unsent;
    private long _tag;

    /// <exception cref="AmqpException">The partition has not come to the place that the selector asks for.</exception>
    internal ReceiverPump(SendingAmqpLink link, PartitionLog log, EventSelector selector, string who, bool tellsLastEnqueued)
    {
        _link = link;
        _connection = (ClientConnection)link.Session.Connection;
        _log = log;
        _tellsLastEnqueued = tellsLastEnqueued;
        _isSettledOnSend = link.Settings.SettleType == SettleMode.SettleOnSend;
        _reader = log.OpenReader(selector, who, Wake);
    }

    /// <summary>Gives the place in the log back, when it is not to be run after all.</summary>
    internal void Cancel() => _reader.Dispose();

    internal async Task RunAsync(Action<string> say)
    {
        _link.RegisterCreditListener((_, _, _) => Wake());
        _link.RegisterDispositionListener(OnSent);
        _connection.Drained += Wake;
        _link.SafeAddClosed((_, _) => _wake.Writer.TryComplete());
        try
        {
            while (await _wake.Reader.WaitToReadAsync(CancellationToken.None))
            {
                // Taken before looking, so that what happens while looking wakes again.
                _wake.Reader.TryRead(out _);
                while (CanSend() && _reader.TryRead(out LogRecord record))
                {
                    Send(record);
                }
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // Whatever it is costs this consumer its link, which it may open again, and is not lost.
            if (!_link.IsClosing())
            {
                say($"partition {_log.Id}: a consumer is disconnected: {fault.Message}");
            }

            _link.SafeClose(fault);
        }
        finally
        {
            _connection.Drained -= Wake;
            _reader.Dispose();
        }
    }

    private bool CanSend() =>
        _link.LinkCredit > 0
        && !_connection.IsFull
        && Interlocked.Read(ref _unsent) < MostUnsent
        && !_link.IsClosing();

    private void Send(LogRecord record)
    {
        AmqpMessage message = _tellsLastEnqueued
            ? LastEnqueuedProperties.Encode(record.Message, _log.State)
            : AmqpMessage.CreateAmqpStreamMessage(new BufferListStream([record.Message]), payloadInitialized: true);
        if (_isSettledOnSend)
        {
            Interlocked.Add(ref _unsent, message.SerializedMessageSize);
        }

        _link.SendMessageNoWait(message, BitConverter.GetBytes(_tag++), AmqpConstants.NullBinary);
    }

    private void OnSent(Delivery delivery)
    {
        if (!_isSettledOnSend)
        {
            return;
        }

        long size = ((AmqpMessage)delivery).SerializedMessageSize;
        if (Interlocked.Add(ref _unsent, -size) + size >= MostUnsent)
        {
            Wake();
        }
    }

    private void Wake() => _wake.Writer.TryWrite(true);
}
