namespace Crowsnest.LocalHost.Replay;

/// <summary>
/// Follows a file as an API server writes it (<c>--audit-log-path</c>): what is in it, then every line that is added. Starts
/// over when the file is rotated.
/// </summary>
internal sealed class FileFollower(string path, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    internal async Task RunAsync(Func<ReadOnlyMemory<byte>, Task> use, CancellationToken cancellationToken)
    {
        long position = 0;
        while (true)
        {
            if (File.Exists(path))
            {
                position = await ReadFromAsync(position, use, cancellationToken);
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    /// <summary>Hands over the whole lines from a position on.</summary>
    /// <returns>Where the next one starts.</returns>
    internal async Task<long> ReadFromAsync(
        long position,
        Func<ReadOnlyMemory<byte>, Task> use,
        CancellationToken cancellationToken)
    {
        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        position = file.Length < position ? 0 : position;
        file.Position = position;
        byte[] buffer = new byte[1 << 16];
        int length = 0;
        while (true)
        {
            int read = await file.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0)
            {
                return position;
            }

            length += read;
            int start = 0;
            int end;
            while ((end = buffer.AsSpan(start, length - start).IndexOf((byte)'\n')) >= 0)
            {
                if (end > 0)
                {
                    await use(buffer.AsMemory(start, end).ToArray());
                }

                start += end + 1;
            }

            position += start;
            buffer.AsSpan(start, length - start).CopyTo(buffer);
            length -= start;
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, checked(buffer.Length * 2));
            }
        }
    }
}
