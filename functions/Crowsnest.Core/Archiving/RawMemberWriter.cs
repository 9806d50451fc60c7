using System.IO.Compression;

namespace Crowsnest.Core.Archiving;

/// <summary>Writes the lines of one cluster as gzip members that name it.</summary>
/// <param name="blob">Where to.</param>
/// <param name="cluster">The cluster; empty for members that need no name.</param>
internal sealed class RawMemberWriter(Stream blob, string cluster) : IDisposable
{
    private readonly MemoryStream _member = new();
    private GZipStream? _zip;
    private long _written;
    private int _lines;

    /// <summary>Writes a line.</summary>
    /// <param name="line">The line without its end.</param>
    /// <param name="largest">Bytes of lines after which a new member begins.</param>
    internal void Write(ReadOnlySpan<byte> line, int largest)
    {
        if (_written >= largest)
        {
            End();
        }

        _zip ??= new GZipStream(_member, CompressionLevel.Fastest, leaveOpen: true);
        _zip.Write(line);
        _zip.Write("\n"u8);
        _written += line.Length + 1;
        _lines++;
    }

    public void Dispose()
    {
        End();
        _member.Dispose();
    }

    private void End()
    {
        if (_zip is not null)
        {
            _zip.Dispose();
            RawMember.Write(blob, _member.GetBuffer().AsSpan(0, (int)_member.Length), cluster, _lines);
            _member.SetLength(0);
            (_zip, _written, _lines) = (null, 0, 0);
        }
    }
}
