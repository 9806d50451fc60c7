using System.Globalization;
using System.IO.Compression;
using System.Text;
using Crowsnest.LocalHost.Replay;

namespace Crowsnest.LocalHost.Tests.Replay;

/// <summary>
/// A log that is written and rotated as API servers and logrotate do it, a follower that is started and killed, and what it handed
/// over. Files get times of a clock that moves with every change.
/// </summary>
internal sealed class LogBench : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("crowsnest-follow-").FullName;
    private readonly List<string> _rotated = [];
    private FileFollower? _follower;
    private DateTime _time = new(2026, 11, 26, 1, 2, 3, DateTimeKind.Utc);
    private FollowPlace? _accepted;

    internal LogBench(Rotation rotation = Rotation.Lumberjack) => Rotation = rotation;

    internal Rotation Rotation { get; }

    internal string Log => Path.Combine(_folder, "audit.log");

    internal string DataFolder => Path.Combine(_folder, "data");

    internal LogLimits Limits { get; set; } = new();

    /// <summary>What was handed over.</summary>
    internal List<string> Lines { get; } = [];

    internal List<string> Said { get; } = [];

    /// <summary>Rotated files, oldest first.</summary>
    internal IReadOnlyList<string> Rotated => _rotated;

    /// <summary>True to be killed when the next lines come, before they are accepted or before the place is stored.</summary>
    internal bool KillBeforeAccepted { get; set; }

    internal bool KillBeforeStored { get; set; }

    /// <summary>What happens in the middle of handing over lines, one each time.</summary>
    internal Queue<Action> During { get; } = [];

    /// <summary>What happens right after the follower has looked into the folder, one each time.</summary>
    internal Queue<Action> AfterLook { get; } = [];

    public void Dispose()
    {
        _follower?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    internal FollowPlaceFile Places() => new(DataFolder, Log, Said.Add);

    internal void Kill()
    {
        _follower?.Dispose();
        _follower = null;
    }

    internal async Task PollAsync(int times = 1)
    {
        for (int i = 0; i < times; i++)
        {
            try
            {
                _follower ??= new FileFollower(Log, Places(), UseAsync, Said.Add, TimeProvider.System)
                {
                    Confirm = (_, _) => Task.FromResult(_accepted),
                    Limits = Limits,
                    Looked = () => HappenNext(AfterLook),
                };
                await _follower.PollAsync(TestContext.Current.CancellationToken);
            }
            catch (KilledException)
            {
                Kill();
            }
        }
    }

    /// <summary>Polls until nothing more can come; several times, if the follower may be killed meanwhile.</summary>
    internal Task SettleAsync(int times = 1) => PollAsync(times * (RotatedSet.Settled + 3));

    internal void Append(string text, string? path = null)
    {
        File.AppendAllText(path ?? Log, text);
        Touch(path ?? Log);
    }

    internal void Touch(string path) => File.SetLastWriteTimeUtc(path, _time += TimeSpan.FromSeconds(1));

    /// <summary>Renames the log. The next line makes a new one.</summary>
    internal void Rotate()
    {
        if (File.Exists(Log))
        {
            File.Move(Log, NewName());
        }
    }

    /// <summary>Writes and renames the log, once for each content.</summary>
    internal void Rotate(params string[] contents)
    {
        foreach (string content in contents)
        {
            Append(content);
            Rotate();
        }
    }

    /// <summary>Begins to copy the log.</summary>
    /// <returns>The copy, which is half done.</returns>
    internal string BeginCopy()
    {
        byte[] content = File.ReadAllBytes(Log);
        string copy = NewName();
        File.WriteAllBytes(copy, content[..(content.Length / 2)]);
        Touch(copy);
        return copy;
    }

    internal void EndCopy(string copy)
    {
        byte[] content = File.ReadAllBytes(Log);
        using (FileStream file = new(copy, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            file.Write(content.AsSpan((int)file.Length));
        }

        Touch(copy);
    }

    internal void Truncate()
    {
        File.WriteAllBytes(Log, []);
        Touch(Log);
    }

    internal void CopyTruncate()
    {
        EndCopy(BeginCopy());
        Truncate();
    }

    /// <summary>Compresses a file and removes it; lumberjack gives the compressed one the time of now, gzip that of the file.</summary>
    internal void Compress(int index, double part = 1)
    {
        string plain = _rotated[index];
        if (plain.EndsWith(".gz", StringComparison.Ordinal) || new FileInfo(plain).Length == 0)
        {
            return;
        }

        using (MemoryStream packed = new())
        {
            using (GZipStream zip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                zip.Write(File.ReadAllBytes(plain));
            }

            File.WriteAllBytes(plain + ".gz", packed.ToArray()[..(int)(packed.Length * part)]);
        }

        Touch(plain + ".gz");
        if (part < 1)
        {
            return;
        }

        if (Rotation != Rotation.Lumberjack)
        {
            File.SetLastWriteTimeUtc(plain + ".gz", File.GetLastWriteTimeUtc(plain));
        }

        File.Delete(plain);
        _rotated[index] = plain + ".gz";
    }

    internal void Delete(int index)
    {
        File.Delete(_rotated[index]);
        File.Delete(_rotated[index] + ".gz");
        _rotated.RemoveAt(index);
    }

    private static void HappenNext(Queue<Action> queue)
    {
        if (queue.TryDequeue(out Action? happens))
        {
            happens();
        }
    }

    private string NewName()
    {
        if (Rotation != Rotation.Numbered)
        {
            _rotated.Add(Path.Combine(_folder, _time.ToString(
                Rotation == Rotation.Dated ? "'audit.log'-yyyyMMddHHmmss" : "'audit'-yyyy-MM-ddTHH-mm-ss.fff'.log'",
                CultureInfo.InvariantCulture)));
            return _rotated[^1];
        }

        for (int i = 0; i < _rotated.Count; i++)
        {
            string moved = $"{Log}.{_rotated.Count - i + 1}{(_rotated[i].EndsWith(".gz", StringComparison.Ordinal) ? ".gz" : "")}";
            File.Move(_rotated[i], moved);
            if (File.Exists(_rotated[i] + ".gz"))
            {
                File.Move(_rotated[i] + ".gz", moved + ".gz");
            }

            _rotated[i] = moved;
        }

        _rotated.Add(Log + ".1");
        return _rotated[^1];
    }

    private Task UseAsync(IReadOnlyList<ReadOnlyMemory<byte>> lines, FollowPlace place, CancellationToken cancellationToken)
    {
        HappenNext(During);
        if (KillBeforeAccepted)
        {
            KillBeforeAccepted = false;
            throw new KilledException();
        }

        Lines.AddRange(lines.Select(static line => Encoding.UTF8.GetString(line.Span)));
        _accepted = FollowPlace.Parse(place.ToString());
        if (KillBeforeStored)
        {
            KillBeforeStored = false;
            throw new KilledException();
        }

        return Task.CompletedTask;
    }

    private sealed class KilledException : Exception;
}
