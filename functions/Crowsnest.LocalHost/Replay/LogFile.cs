namespace Crowsnest.LocalHost.Replay;

/// <summary>
/// A log opened for reading, and how far what it holds has been accepted. What can't be read is a <see cref="Fault"/>, not an
/// exception.
/// </summary>
internal sealed class LogFile(string path, LogContent content, LogLimits limits) : IDisposable
{
    private const string CutShort = "its end is missing";

    private byte[] _tail = [];
    private ReadOnlyMemory<byte> _carried;
    private long _lengthBefore;

    internal string Path => path;

    /// <summary>Before what has not been accepted yet.</summary>
    internal FollowPlace Place { get; private set; } = FollowPlace.Beginning;

    internal bool IsCompressed => content.IsCompressed;

    /// <summary>Why the file could not be read, or not to its end.</summary>
    internal string? Fault { get; private set; }

    /// <summary>How often nothing more was found since it last grew.</summary>
    internal int Idle { get; private set; }

    public void Dispose() => content.Dispose();

    /// <summary>Goes to a place; in gzip only from the start.</summary>
    /// <returns>False when this is not the file that the place is in, or it can't be read so far.</returns>
    internal async Task<bool> GoToAsync(FollowPlace place, CancellationToken cancellationToken)
    {
        byte[]? tail = await GuardAsync(() => MatchAsync(place, cancellationToken));
        if (tail is null)
        {
            return false;
        }

        (Place, _tail) = (place, tail);
        return true;
    }

    /// <summary>Goes to the end from the start.</summary>
    /// <returns>False when the file is empty or can't be read to its end.</returns>
    internal async Task<bool> GoToEndAsync(CancellationToken cancellationToken)
    {
        while (await ReadAsync(toTheEnd: true, cancellationToken) is { } batch)
        {
            Accept(batch, After(batch));
        }

        return Fault is null && Place.Offset > 0;
    }

    /// <summary>
    /// True when the file still holds what it held, asked after reading: a file that is truncated and written anew while it is
    /// read would otherwise give lines that nobody wrote, and offsets that are of no file.
    /// </summary>
    internal async Task<bool> IsStillAsync(FollowPlace after, CancellationToken cancellationToken) =>
        IsCompressed
        || await GuardAsync(() => MatchAsync(Place.Offset > 0 ? Place : after, cancellationToken)) is not null;

    /// <summary>Reads on from the place: whole lines, or a piece of a line that is longer than lines may be.</summary>
    /// <returns>Null when there is nothing more yet.</returns>
    internal async Task<LogBatch?> ReadAsync(bool toTheEnd, CancellationToken cancellationToken) =>
        await GuardAsync(() => ReadOnAsync(toTheEnd, cancellationToken));

    /// <summary>The place after a batch.</summary>
    internal FollowPlace After(LogBatch batch)
    {
        ReadOnlySpan<byte> bytes = batch.Bytes.Span;
        return new FollowPlace(
            Place.Offset + bytes.Length,
            Place.Offset > 0 ? Place.Head : Fingerprint.Of(bytes[..Math.Min(bytes.Length, Fingerprint.Longest)]),
            Fingerprint.Of(TailAfter(bytes)),
            content.Written);
    }

    internal void Accept(LogBatch batch, FollowPlace after)
    {
        _tail = TailAfter(batch.Bytes.Span);
        _carried = batch.Rest;
        Place = after;
    }

    private byte[] TailAfter(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= Fingerprint.Longest
            ? bytes[^Fingerprint.Longest..].ToArray()
            : [.. _tail.AsSpan(Math.Max(0, _tail.Length + bytes.Length - Fingerprint.Longest)), .. bytes];

    private async Task<byte[]?> MatchAsync(FollowPlace place, CancellationToken cancellationToken)
    {
        byte[] tail = new byte[place.Tail.Length];
        bool? isIn = await content.MatchAsync(place, tail, cancellationToken);
        Fault = isIn is not null || await content.IsWholeAsync(cancellationToken) ? null : CutShort;
        return isIn == true ? tail : null;
    }

    private async Task<LogBatch?> ReadOnAsync(bool toTheEnd, CancellationToken cancellationToken)
    {
        long beyond = content.Beyond(Place.Offset);
        if (beyond <= 0)
        {
            CountIdle(beyond);
            return null;
        }

        // Gzip can't be read a second time: what came after the last batch is kept.
        byte[] buffer = new byte[Math.Max(Math.Min(beyond, limits.BatchSize), _carried.Length)];
        _carried.CopyTo(buffer);
        int length = _carried.Length;
        if (!IsCompressed)
        {
            await content.GoToAsync(Place.Offset, cancellationToken);
        }

        while (true)
        {
            length += await content.ReadAsync(buffer.AsMemory(length), cancellationToken);
            bool isEnd = length < buffer.Length || length == beyond;
            int cut = LogBatch.Cut(buffer.AsSpan(0, length), isEnd, toTheEnd, limits.LongestLine);
            if (cut > 0)
            {
                // Before a line stands the end of another, or a hole.
                return new LogBatch(
                    buffer.AsMemory(0, cut),
                    IsCompressed ? buffer.AsMemory(cut, length - cut) : default,
                    GoesOn: _tail is [.., not ((byte)'\n' or 0)]);
            }

            if (isEnd)
            {
                Fault = await content.IsWholeAsync(cancellationToken) ? null : CutShort;
                _carried = IsCompressed ? buffer.AsMemory(0, length) : default;
                CountIdle(beyond);
                return null;
            }

            Array.Resize(ref buffer, (int)Math.Min(Math.Min(buffer.Length * 2L, limits.LongestLine), beyond));
        }
    }

    private void CountIdle(long beyond)
    {
        long length = Place.Offset + beyond;
        (Idle, _lengthBefore) = (length == _lengthBefore ? Idle + 1 : 0, length);
    }

    private async Task<T?> GuardAsync<T>(Func<Task<T?>> read)
        where T : class
    {
        try
        {
            return await read();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Fault = fault.Message;
            return null;
        }
    }
}
