namespace Crowsnest.LocalHost.Tests.Replay;

/// <summary>A course of events around a log, and the lines that it should give.</summary>
internal sealed class LogCourse(LogBench bench)
{
    private readonly List<string> _written = [];
    private readonly HashSet<string> _losable = [];
    private string _half = "";
    private int _count;
    private string? _copy;

    // Copied and not yet truncated: logrotate loses what is written now.
    private bool _isCopied;

    internal enum Act
    {
        Append, AppendMuch, AppendHalf, Rotate, RotateAndCreate, CopyTruncate, BeginCopy, EndCopy, Truncate, Compress, BeginCompress,
        Poll, Settle, Kill, KillBeforeAccepted, KillBeforeStored, DeleteOld, DuringNext, AfterNextLook,
    }

    /// <summary>What should have been handed over. Lines that logrotate may lose are in it if they have come.</summary>
    internal IEnumerable<string> Expected => _written.Where(line => !_losable.Contains(line) || bench.Lines.Contains(line));

    internal async Task RunAsync(IEnumerable<(Act Act, int Number)> steps)
    {
        await bench.PollAsync();
        Queue<Action>? later = null;
        foreach ((Act act, int number) in steps)
        {
            if (later is not null && act < Act.Poll)
            {
                later.Enqueue(() => Change(act, number));
                later = null;
                continue;
            }

            // Not always at the first opportunity.
            later = act == Act.DuringNext ? bench.During : act == Act.AfterNextLook ? bench.AfterLook : null;
            for (int i = 0; later is not null && i < number % 10; i++)
            {
                later.Enqueue(static () => { });
            }

            Change(act, number);
            await FollowAsync(act);
        }

        Append(1);
        await bench.SettleAsync(times: 3);
        foreach (Action late in bench.During.Concat(bench.AfterLook).ToList())
        {
            late();
        }

        bench.During.Clear();
        bench.AfterLook.Clear();

        Append(1);
        await bench.SettleAsync(times: 3);
    }

    private async Task FollowAsync(Act act)
    {
        switch (act)
        {
            case Act.Poll:
                await bench.PollAsync();
                break;
            case Act.Settle:
                await bench.SettleAsync();
                break;
            case Act.Kill:
                bench.Kill();
                break;
            case Act.KillBeforeAccepted:
                bench.KillBeforeAccepted = true;
                break;
            case Act.KillBeforeStored:
                bench.KillBeforeStored = true;
                break;
            case Act.DeleteOld when _copy is null && bench.During.Count + bench.AfterLook.Count == 0:
                await bench.SettleAsync(times: 3);
                while (bench.Rotated.Count(static path => new FileInfo(path).Length > 0) > 2)
                {
                    bench.Delete(0);
                }

                break;
            default:
                break;
        }
    }

    private void Change(Act act, int number)
    {
        switch (act)
        {
            case Act.Append:
                Append(number % 100);
                break;
            case Act.AppendMuch:
                for (int i = 0; i < 40; i++)
                {
                    Append(number % 30);
                }

                break;
            case Act.AppendHalf when _half.Length == 0 && !_isCopied:
                _half = $"half {++_count} ";
                bench.Append(_half);
                break;
            case Act.Rotate or Act.RotateAndCreate when _copy is null && File.Exists(bench.Log):
                bench.Rotate();
                EndFile();
                if (act == Act.RotateAndCreate)
                {
                    bench.Append("");
                }

                break;
            case Act.CopyTruncate when _copy is null && bench.Rotation != Rotation.Lumberjack && File.Exists(bench.Log):
                bench.CopyTruncate();
                EndFile();
                break;
            case Act.BeginCopy when _copy is null && bench.Rotation != Rotation.Lumberjack && File.Exists(bench.Log):
                _copy = bench.BeginCopy();
                break;
            case Act.EndCopy when _copy is not null && !_isCopied:
                Append(1);
                bench.EndCopy(_copy);
                _isCopied = true;
                break;
            case Act.Truncate when _isCopied:
                bench.Truncate();
                EndFile();
                (_copy, _isCopied) = (null, false);
                break;
            case Act.Compress or Act.BeginCompress when bench.Rotated.Count > 0 && _copy is null:
                bench.Compress(number % bench.Rotated.Count, act == Act.Compress ? 1 : number / 1001.0);
                break;
            default:
                break;
        }
    }

    private void Append(int length)
    {
        string line = $"event {++_count} {new string('x', length % 100)}";
        bench.Append(line + "\n");
        _written.Add(_half + line);
        if (_isCopied)
        {
            _losable.Add(_half + line);
        }

        _half = "";
    }

    private void EndFile()
    {
        if (_half.Length > 0)
        {
            _written.Add(_half);
            _half = "";
        }
    }
}
