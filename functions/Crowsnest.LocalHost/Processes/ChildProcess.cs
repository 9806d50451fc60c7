using System.ComponentModel;
using System.Diagnostics;

namespace Crowsnest.LocalHost.Processes;

/// <summary>
/// A child that ends with its parent. Its standard input is a pipe that nobody writes to: when the parent ends, however it
/// ends, the pipe closes and the child sees it. Output goes to a log file.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan GraceTime = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly Task _copying;
    private bool _disposed;

    private ChildProcess(Process process, string logFile)
    {
        _process = process;
        _copying = CopyOutputAsync(process, logFile);
    }

    internal int Id => _process.Id;

    internal bool HasExited => _process.HasExited;

    internal int ExitCode => _process.ExitCode;

    /// <summary>Starts a program.</summary>
    /// <exception cref="Win32Exception">The program can't be found or started.</exception>
    internal static ChildProcess Start(
        string fileName,
        IEnumerable<string> arguments,
        string workingDirectory,
        IReadOnlyDictionary<string, string> environment,
        string logFile)
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

        return new ChildProcess(Process.Start(start)!, logFile);
    }

    internal Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            using CancellationTokenSource patience = new(GraceTime);
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

    private static async Task CopyOutputAsync(Process process, string logFile)
    {
        await using StreamWriter log = new(logFile, append: true) { AutoFlush = true };
        using SemaphoreSlim gate = new(1, 1);
        await Task.WhenAll(CopyAsync(process.StandardOutput), CopyAsync(process.StandardError));

        async Task CopyAsync(StreamReader reader)
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                await gate.WaitAsync();
                try
                {
                    await log.WriteLineAsync(line);
                }
                finally
                {
                    gate.Release();
                }
            }
        }
    }
}
