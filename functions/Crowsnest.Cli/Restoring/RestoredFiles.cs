using System.IO.Compression;
using Crowsnest.Core.Archiving;

namespace Crowsnest.Cli.Restoring;

/// <summary>
/// Where restored lines go: into one file, or into a folder with a file a cluster and hour. Nothing that is there is written over, and a
/// file has its name only when it is whole.
/// </summary>
internal sealed class RestoredFiles : IAsyncDisposable
{
    private const string Unfinished = ".part";

    private readonly string _target;
    private readonly bool _isOneFile;
    private Stream? _stream;
    private string? _file;
    private string? _cluster;

    /// <exception cref="UsageException">The file is there already, or the folder holds something.</exception>
    internal RestoredFiles(FileSystemInfo target)
    {
        _target = target.FullName;
        _isOneFile = _target.EndsWith(".jsonl", StringComparison.Ordinal) || _target.EndsWith(".jsonl.gz", StringComparison.Ordinal);
        if (_isOneFile ? Path.Exists(_target) : Directory.Exists(_target) && Directory.EnumerateFileSystemEntries(_target).Any())
        {
            throw new UsageException($"{_target} is there already, and is not written over");
        }
    }

    /// <summary>Lines written.</summary>
    internal long Lines { get; private set; }

    /// <summary>Files written.</summary>
    internal int Files { get; private set; }

    /// <summary>Begins the lines of a cluster's hour.</summary>
    /// <exception cref="UsageException">One file is to hold several clusters, whose names the events do not say.</exception>
    internal async Task BeginAsync(string cluster, DateTimeOffset hour)
    {
        if (!_isOneFile)
        {
            await EndAsync();
            Open(Path.Combine(_target, $"cluster={cluster}", ArchivePath.Hour(hour) + ".jsonl"));
            return;
        }

        if (_cluster is not null && _cluster != cluster)
        {
            throw new UsageException(
                $"there are events of {_cluster} and of {cluster}, and events do not say which: give --cluster, or a folder as --out");
        }

        _cluster = cluster;
        if (_stream is null)
        {
            Open(_target);
        }
    }

    /// <summary>Writes a line.</summary>
    internal void Write(ReadOnlyMemory<byte> json)
    {
        // Between the parts of JSON a line break is a space, and inside of strings there is none.
        if (json.Span.ContainsAny((byte)'\n', (byte)'\r'))
        {
            byte[] one = json.ToArray();
            one.AsSpan().Replace((byte)'\n', (byte)' ');
            one.AsSpan().Replace((byte)'\r', (byte)' ');
            json = one;
        }

        _stream!.Write(json.Span);
        _stream.WriteByte((byte)'\n');
        Lines++;
    }

    /// <summary>Ends what is open.</summary>
    internal async Task EndAsync()
    {
        if (_stream is not null)
        {
            await _stream.DisposeAsync();
            _stream = null;
            File.Move(_file! + Unfinished, _file!);
            Files++;
        }
    }

    /// <summary>Takes back a file that was not ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stream is not null)
        {
            await _stream.DisposeAsync();
            File.Delete(_file! + Unfinished);
        }
    }

    private void Open(string file)
    {
        _file = file;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        Stream stream = new FileStream(file + Unfinished, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        _stream = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionLevel.Fastest) : stream;
    }
}
