using System.ComponentModel;
using Crowsnest.LocalHost.Configuration;

namespace Crowsnest.LocalHost.Processes;

/// <summary>
/// The custom handler, started as the real host starts it: a free port in the environment, ready at the first answer to
/// <c>GET /</c>, started again when it ends, given up after three ends.
/// </summary>
internal sealed class HandlerProcess : IAsyncDisposable
{
    private const int MostEnds = 3;

    private readonly HostFile _host;
    private readonly string _appFolder;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly string _logFile;
    private readonly CancellationTokenSource _stopping = new();
    private ChildProcess? _process;
    private Task _watching = Task.CompletedTask;

    private HandlerProcess(
        HostFile host,
        string appFolder,
        IReadOnlyDictionary<string, string> settings,
        string logFile)
    {
        _host = host;
        _appFolder = appFolder;
        _settings = settings;
        _logFile = logFile;
        Port = AzuriteProcess.FreePorts(1)[0];
    }

    internal int Port { get; }

    internal int Id => _process?.Id ?? 0;

    /// <summary>Completes, with an error, when the handler has ended too often.</summary>
    internal Task Failed => _watching;

    internal static async Task<HandlerProcess> StartAsync(
        HostFile host,
        string appFolder,
        IReadOnlyDictionary<string, string> settings,
        string logFile,
        CancellationToken cancellationToken)
    {
        HandlerProcess handler = new(host, appFolder, settings, logFile);
        try
        {
            await handler.StartOnceAsync(cancellationToken);
        }
        catch
        {
            await handler.DisposeAsync();
            throw;
        }

        handler._watching = handler.WatchAsync();
        return handler;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        try
        {
            await _watching;
        }
        catch (Exception ended) when (ended is LocalHostException or OperationCanceledException)
        {
            // Whoever awaited Failed has seen it; or it was being started again just now.
        }

        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _stopping.Dispose();
    }

    private async Task StartOnceAsync(CancellationToken cancellationToken)
    {
        string id = Guid.NewGuid().ToString();
        Dictionary<string, string> environment = new(_settings)
        {
            ["FUNCTIONS_CUSTOMHANDLER_PORT"] = $"{Port}",
            ["FUNCTIONS_HTTPWORKER_PORT"] = $"{Port}",
            ["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"] = id,
            ["FUNCTIONS_HTTPWORKER_ID"] = id,
            ["FUNCTIONS_APP_ROOT_PATH"] = _appFolder,
            ["CROWSNEST_END_WITH_INPUT"] = "true",

            // The handler must find the runtime that runs us, wherever it is installed.
            ["DOTNET_ROOT"] = Path.GetFullPath(
                "../../..", System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory()),
        };
        string executable = OperatingSystem.IsWindows() && !_host.Executable.EndsWith(".exe", StringComparison.OrdinalIgnoreCase)
            ? _host.Executable + ".exe"
            : _host.Executable;
        try
        {
            _process = ChildProcess.Start(executable, _host.Arguments, _host.WorkingDirectory, environment, _logFile);
        }
        catch (Win32Exception missing)
        {
            throw new LocalHostException($"the handler {executable} can't be started: {missing.Message}", missing);
        }

        await WaitUntilReadyAsync(cancellationToken);
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{Port}/") };
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_host.InitializationTimeout);
        try
        {
            while (true)
            {
                if (_process!.HasExited)
                {
                    throw new LocalHostException(
                        $"the handler ended with exit code {_process.ExitCode} before it was ready; its log is {_logFile}");
                }

                try
                {
                    using HttpResponseMessage any = await client.GetAsync(new Uri("/", UriKind.Relative), patience.Token);
                    return;
                }
                catch (HttpRequestException)
                {
                    await Task.Delay(25, patience.Token);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LocalHostException(
                $"the handler did not answer within {_host.InitializationTimeout.TotalSeconds:0} s; its log is {_logFile}");
        }
    }

    private async Task WatchAsync()
    {
        for (int ends = 1; ; ends++)
        {
            try
            {
                await _process!.WaitForExitAsync(_stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (ends == MostEnds)
            {
                throw new LocalHostException($"the handler ended {ends} times; its log is {_logFile}");
            }

            await _process.DisposeAsync();
            await StartOnceAsync(_stopping.Token);
        }
    }
}
