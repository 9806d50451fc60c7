using System.Runtime.CompilerServices;
using Crowsnest.Azure.Files;

namespace Crowsnest.LocalHost.Replay;

/// <summary>Reads the messages of a file, one a line; a document printed over many lines is one message.</summary>
internal static class MessageLines
{
    private const int BufferSize = 1 << 20;

    /// <param name="path">The file, gzip or not.</param>
    /// <param name="read">Told how many bytes of the file have been read.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    internal static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        string path,
        Action<long> read,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using Stream stream = await AuditFile.OpenAsync(path, cancellationToken);
        byte[] buffer = new byte[BufferSize];
        int length = 0;
        bool isEnd = false;
        while (!isEnd)
        {
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, checked(buffer.Length * 2));
            }

            int more = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
            isEnd = more == 0;
            length += more;
            read(AuditFile.PositionOf(stream));
            int start = 0;
            while (End(buffer.AsSpan(start, length - start), isEnd) is > 0 and int end)
            {
                if (buffer.AsSpan(start, end).Trim("\r\n"u8) is { IsEmpty: false } message)
                {
                    yield return message.ToArray();
                }

                start += end;
            }

            buffer.AsSpan(start, length - start).CopyTo(buffer);
            length -= start;
        }
    }

    // Where the first message ends: before a line that does not go on with it, or 0 while that can't be told.
    private static int End(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        int at = 0;
        while (bytes[at..].IndexOf((byte)'\n') is >= 0 and int line)
        {
            at += line + 1;
            if (at == bytes.Length)
            {
                break;
            }

            // What starts with white space or a closing bracket goes on with the document before it.
            if (bytes[at] is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'}' or (byte)']'))
            {
                return at;
            }
        }

        return isEnd ? bytes.Length : 0;
    }
}
