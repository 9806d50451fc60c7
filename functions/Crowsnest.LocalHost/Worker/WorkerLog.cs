using System.Globalization;
using Crowsnest.LocalHost.Processes;
using Crowsnest.LocalHost.Worker.Rpc;

namespace Crowsnest.LocalHost.Worker;

/// <summary>The log of the function app, in a file: what its loggers say with their levels, and what its console says.</summary>
internal sealed class WorkerLog : IDisposable
{
    // What it said last explains why it did not start.
    private const int LinesKept = 12;

    private readonly Queue<string> _last = new();
    private readonly OutputFile _file;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();

    internal WorkerLog(string path, TimeProvider clock)
    {
        _clock = clock;
        _file = new OutputFile(path);
    }

    internal string Path => _file.Path;

    /// <summary>The last lines of the app's console.</summary>
    internal IReadOnlyList<string> LastOfConsole
    {
        get
        {
            lock (_gate)
            {
                return [.. _last];
            }
        }
    }

    public void Dispose() => _file.Dispose();

    internal void Write(RpcLog entry)
    {
        string invocation = entry.InvocationId.Length > 0 ? $" {entry.InvocationId}" : "";
        Write($"[{entry.Level}] {entry.Category}{invocation}: {entry.Message}{Text(entry.Exception)}");
    }

    internal void WriteConsole(string line)
    {
        lock (_gate)
        {
            _last.Enqueue(line);
            if (_last.Count > LinesKept)
            {
                _last.Dequeue();
            }
        }

        Write($"[Console] {line}");
    }

    private void Write(string text) =>
        _file.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{_clock.GetUtcNow().UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {text}"));

    private static string Text(RpcException? exception) => exception is null ? "" : $"\n{exception.Message}\n{exception.StackTrace}";
}
