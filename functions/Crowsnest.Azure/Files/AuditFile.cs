using System.IO.Compression;
using System.Runtime.CompilerServices;
using Crowsnest.Core.Intake;

namespace Crowsnest.Azure.Files;

/// <summary>Reads a file of audit events or messages, gzip or not, in pieces that end between two JSON values.</summary>
public static class AuditFile
{
    private const int PieceSize = 1 << 20;

    // Time, stream and tag of a container's log.
    private const int LongestTag = 64;

    /// <summary>Opens a file, decompressing it when its first bytes are gzip's.</summary>
    public static async Task<Stream> OpenAsync(string path, CancellationToken cancellationToken)
    {
        FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16, useAsync: true);
        byte[] head = new byte[2];
        int read = await file.ReadAtLeastAsync(head, 2, throwOnEndOfStream: false, cancellationToken);
        file.Position = 0;
        return read == 2 && head[0] == 0x1F && head[1] == 0x8B
            ? new GZipStream(file, CompressionMode.Decompress)
            : file;
    }

    /// <summary>How many bytes of the file have been read of a stream that <see cref="OpenAsync"/> opened.</summary>
    public static long PositionOf(Stream stream) =>
        stream is GZipStream packed ? packed.BaseStream.Position : stream.Position;

    /// <summary>
    /// Reads pieces of about a megabyte. A piece ends before a line that starts with a brace or bracket; a document in one
    /// piece, printed over many lines, comes whole.
    /// </summary>
    public static async IAsyncEnumerable<HubMessage> ReadPiecesAsync(
        Stream stream,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[PieceSize];
        int length = 0;
        long number = 0;
        while (true)
        {
            int read = await stream.ReadAtLeastAsync(
                buffer.AsMemory(length), buffer.Length - length, throwOnEndOfStream: false, cancellationToken);
            length += read;
            bool ended = length < buffer.Length;
            int cut = ended ? length : LastBoundary(buffer.AsSpan(0, length));
            if (cut == 0 && !ended)
            {
                if (buffer.Length > Array.MaxLength / 2)
                {
                    throw new InvalidDataException($"it has a value of more than {buffer.Length:N0} bytes");
                }

                Array.Resize(ref buffer, buffer.Length * 2);
                continue;
            }

            if (cut > 0)
            {
                yield return new HubMessage(buffer.AsMemory(0, cut), number++, default);
            }

            if (ended)
            {
                yield break;
            }

            // The piece that was handed out may still be read: the next one gets a buffer of its own.
            byte[] next = new byte[PieceSize];
            if (length - cut >= next.Length)
            {
                next = new byte[buffer.Length];
            }

            buffer.AsSpan(cut, length - cut).CopyTo(next);
            length -= cut;
            buffer = next;
        }
    }

    private static int LastBoundary(ReadOnlySpan<byte> bytes) => Math.Max(
        Math.Max(bytes.LastIndexOf("\n{"u8), bytes.LastIndexOf("\n["u8)) + 1,
        LastPrefixed(bytes));

    // Behind the last line that has a prefix before its JSON, such as a time, and does not go on in the next one. Inside a
    // document that is printed over lines these begin with a blank, a quote or a bracket.
    private static int LastPrefixed(ReadOnlySpan<byte> bytes)
    {
        for (int end = bytes.LastIndexOf((byte)'\n'); end > 0;)
        {
            int start = bytes[..end].LastIndexOf((byte)'\n') + 1;
            ReadOnlySpan<byte> head = bytes[start..Math.Min(end, start + LongestTag)];
            if (head.IsEmpty || (head[0] != (byte)'<' && !char.IsAsciiLetterOrDigit((char)head[0])))
            {
                return 0;
            }

            if (head.IndexOf(" stdout P"u8) < 0 && head.IndexOf(" stderr P"u8) < 0)
            {
                return end + 1;
            }

            end = start - 1;
        }

        return 0;
    }
}
