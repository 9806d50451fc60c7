using System.Buffers.Binary;
using System.IO.Compression;

namespace Crowsnest.LocalHost.Replay;

/// <summary>The bytes of a log, read forwards, plain or gzip.</summary>
internal sealed class LogContent : IDisposable
{
    private const int Buffer = 1 << 16;

    private readonly FileStream _file;
    private readonly GZipStream? _unpacked;
    private long _unpackedBytes;
    private bool _hasEnded;
    private bool _isDamaged;

    private LogContent(FileStream file, bool isCompressed)
    {
        _file = file;
        _unpacked = isCompressed ? new GZipStream(new BufferedStream(file, Buffer), CompressionMode.Decompress) : null;
    }

    internal bool IsCompressed => _unpacked is not null;

    /// <summary>When the file was last written; null for gzip, which is written when it is compressed.</summary>
    internal DateTime? Written => IsCompressed ? null : File.GetLastWriteTimeUtc(_file.SafeFileHandle);

    /// <exception cref="IOException">The file can't be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    internal static async Task<LogContent> OpenAsync(string path, CancellationToken cancellationToken)
    {
        // Unbuffered: what was truncated meanwhile must not come from a buffer. Whoever writes may rename and delete.
        FileStream file = new(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, useAsync: true);
        try
        {
            byte[] head = new byte[2];
            int read = await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
            file.Position = 0;
            return new LogContent(
                file,
                path.EndsWith(RotatedName.Compressed, StringComparison.Ordinal) || (read == 2 && head is [0x1F, 0x8B]));
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    public void Dispose()
    {
        _unpacked?.Dispose();
        _file.Dispose();
    }

    /// <summary>Bytes from an offset on; as good as endless for gzip, which does not tell.</summary>
    internal long Beyond(long offset) => IsCompressed ? long.MaxValue : _file.Length - offset;

    /// <summary>Goes to an offset. In gzip it can only be ahead.</summary>
    internal async Task GoToAsync(long offset, CancellationToken cancellationToken)
    {
        if (!IsCompressed)
        {
            _file.Position = offset;
            return;
        }

        byte[] skipped = new byte[Buffer];
        while (_unpackedBytes < offset
            && await ReadAsync(skipped.AsMemory(0, (int)Math.Min(skipped.Length, offset - _unpackedBytes)), cancellationToken) > 0)
        {
        }
    }

    /// <summary>Fills a buffer.</summary>
    /// <returns>How much of it; less than the whole only at the end.</returns>
    internal async Task<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_unpacked is null)
        {
            return await _file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        }

        int read = 0;
        while (read < buffer.Length && !_hasEnded)
        {
            int more = await UnpackAsync(buffer[read..], cancellationToken);
            _hasEnded = more == 0;
            read += more;
            _unpackedBytes += more;
        }

        return read;
    }

    /// <summary>
    /// False for gzip that is still being written: its last four bytes are not the length of what was unpacked (RFC 1952 §2.3.1).
    /// Unpacking alone does not tell, .NET takes an early end for the end.
    /// </summary>
    internal async Task<bool> IsWholeAsync(CancellationToken cancellationToken)
    {
        const int Trailer = sizeof(uint);
        if (!IsCompressed)
        {
            return true;
        }

        if (!_hasEnded || _isDamaged || _file.Length < Trailer)
        {
            return false;
        }

        byte[] length = new byte[Trailer];
        _file.Position = _file.Length - Trailer;
        await _file.ReadExactlyAsync(length, cancellationToken);
        return BinaryPrimitives.ReadUInt32LittleEndian(length) == (uint)_unpackedBytes;
    }

    /// <summary>Looks for a place; in gzip only once.</summary>
    /// <param name="place">The place.</param>
    /// <param name="tail">Takes the bytes before it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>True when the content before it is here; null when there is too little content to tell.</returns>
    internal async Task<bool?> MatchAsync(FollowPlace place, byte[] tail, CancellationToken cancellationToken)
    {
        if (Beyond(place.Offset) < 0)
        {
            return null;
        }

        // Head and tail of a short file overlap.
        long between = place.Offset - tail.Length;
        byte[] start = new byte[between < place.Head.Length ? (int)place.Offset : place.Head.Length];
        await GoToAsync(0, cancellationToken);
        if (await ReadAsync(start, cancellationToken) < start.Length)
        {
            return null;
        }

        if (Fingerprint.Of(start.AsSpan(0, place.Head.Length)) != place.Head)
        {
            return false;
        }

        if (start.Length == place.Offset)
        {
            start.AsSpan((int)between).CopyTo(tail);
            return Fingerprint.Of(tail) == place.Tail;
        }

        await GoToAsync(between, cancellationToken);
        return await ReadAsync(tail, cancellationToken) < tail.Length ? null : Fingerprint.Of(tail) == place.Tail;
    }

    // What could be unpacked before the damage counts.
    private async Task<int> UnpackAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await _unpacked!.ReadAsync(buffer, cancellationToken);
        }
        catch (InvalidDataException)
        {
            _isDamaged = true;
            return 0;
        }
    }
}
