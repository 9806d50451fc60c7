using System.ComponentModel;
using System.Diagnostics;

namespace Crowsnest.LocalHost.Processes;

/// <summary>
/// A child that ends with its parent. Its standard input is a pipe that nobody writes to: when the parent ends, however it
/// ends, the pipe closes and the child sees it.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan GraceTime = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly Task _copying;
    private bool _disposed;

    private ChildProcess(Process process, Action<string> output)
    {
        _process = process;
        _copying = Task.WhenAll(CopyAsync(process.StandardOutput, output), CopyAsync(process.StandardError, output));
    }

    internal int Id => _process.Id;

    internal bool HasExited => _process.HasExited;

    internal int ExitCode => _process.ExitCode;

    /// <summary>Starts a program whose output goes, line by line, to whoever wants it.</summary>
    /// <exception cref="Win32Exception">The program can't be found or started.</exception>
    internal static ChildProcess Start(
        string fileName,
        IEnumerable<string> arguments,
        string workingDirectory,
        IReadOnlyDictionary<string, string> environment,
        Action<string> output)
    {
        ProcessStartInfo start = new(fileName, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return new ChildProcess(Process.Start(start)!, output);
    }

    internal Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>Kills the process, but not those that it has started.</summary>
    internal void Kill()
    {
        if (!_disposed && !_process.HasExited)
        {
            _process.Kill();
        }
    }

    public ValueTask DisposeAsync() => EndAsync(GraceTime);

    /// <summary>Lets the process end by itself, and kills it when it takes too long.</summary>
    internal async ValueTask EndAsync(TimeSpan graceTime)
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            using CancellationTokenSource patience = new(graceTime);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        await _copying;
        _process.Dispose();
    }

    private static async Task CopyAsync(StreamReader reader, Action<string> output)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            output(line);
        }
    }
}
