using System.IO.Compression;
using Crowsnest.Core.Audit;

namespace Crowsnest.Cli.Policy;

/// <summary>What a policy leaves of a capture, written as JSON lines and compressed.</summary>
internal sealed class LeftFile(FileInfo file) : IAsyncDisposable
{
    private readonly GZipStream _stream = new(file.Create(), CompressionLevel.Fastest);

    /// <summary>Writes what is left of an event.</summary>
    internal void Add(AuditEvent? left)
    {
        if (left is null)
        {
            return;
        }

        // A line feed in JSON stands between values only.
        ReadOnlySpan<byte> json = left.Json.Span;
        for (int end = json.IndexOf((byte)'\n'); end >= 0; end = json.IndexOf((byte)'\n'))
        {
            _stream.Write(json[..end]);
            json = json[(end + 1)..];
        }

        _stream.Write(json);
        _stream.WriteByte((byte)'\n');
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
