using System.Globalization;
using Crowsnest.LocalHost.Configuration;

namespace Crowsnest.LocalHost.Worker;

/// <summary>
/// The function app's worker, kept running. A function that runs longer than it may takes the worker down, and every other call with it.
/// </summary>
internal sealed class FunctionWorker : IFunctionInvoker, IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly string _appFolder;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly TimeSpan _timeout;
    private readonly WorkerLog _log;
    private readonly WorkerServer _server;
    private readonly TimeProvider _clock;
    private readonly RestartPolicy _restarts;
    private readonly Action<string> _say;
    private TaskCompletionSource<WorkerProcess> _current = NewSource();
    private WorkerProcess? _takenDown;

    private FunctionWorker(
        string appFolder,
        IReadOnlyDictionary<string, string> settings,
        TimeSpan timeout,
        WorkerServer server,
        WorkerLog log,
        TimeProvider clock,
        Action<string> say)
    {
        (_appFolder, _settings, _timeout, _server, _log, _clock, _say) = (appFolder, settings, timeout, server, log, clock, say);
        _restarts = new RestartPolicy(clock);
    }

    /// <summary>Completes, with an error, when there is no worker any more.</summary>
    internal Task Failed { get; private set; } = Task.CompletedTask;

    internal IReadOnlyList<FunctionDefinition> Functions { get; private set; } = [];

    /// <summary>Process id of the worker, or 0 while there is none.</summary>
    internal int ProcessId => _current.Task.IsCompletedSuccessfully ? _current.Task.Result.Id : 0;

    internal static async Task<FunctionWorker> StartAsync(
        string appFolder,
        IReadOnlyDictionary<string, string> settings,
        TimeSpan functionTimeout,
        string logFile,
        TimeProvider clock,
        Action<string> say,
        CancellationToken cancellationToken)
    {
        WorkerLog log = new(logFile, clock);
        WorkerServer server = await WorkerServer.StartAsync(cancellationToken);
        FunctionWorker worker = new(appFolder, settings, functionTimeout, server, log, clock, say);
        try
        {
            WorkerProcess first = await worker.StartProcessAsync(cancellationToken);
            worker.Functions = first.Functions;
            worker._current.SetResult(first);
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }

        worker.Failed = worker.WatchAsync();
        return worker;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        // Whoever awaited Failed has seen why.
        await Failed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_current.Task.IsCompletedSuccessfully)
        {
            await (await _current.Task).DisposeAsync();
        }

        await _server.DisposeAsync();
        _log.Dispose();
        _stopping.Dispose();
    }

    /// <summary>The worker's own address for HTTP requests; waits while it is being started again.</summary>
    internal async Task<Uri> HttpAddressAsync(CancellationToken cancellationToken) =>
        (await _current.Task.WaitAsync(cancellationToken)).HttpAddress
        ?? throw new InvalidOperationException("the worker takes no HTTP requests");

    public async Task<InvocationResult> InvokeAsync(FunctionDefinition function, Invocation invocation, CancellationToken cancellationToken)
    {
        WorkerProcess worker;
        try
        {
            worker = await _current.Task.WaitAsync(cancellationToken);
        }
        catch (LocalHostException gone)
        {
            return InvocationResult.Failure(gone.Message);
        }

        Task<InvocationResult> running = worker.InvokeAsync(function, invocation, cancellationToken);
        try
        {
            return await running.WaitAsync(_timeout, _clock, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            string problem = $"{function.Name} took longer than functionTimeout, {_timeout}; the worker is started again";
            _say(problem);
            _takenDown = worker;
            worker.Kill();
            await running;
            return InvocationResult.Failure(problem);
        }
    }

    private async Task WatchAsync()
    {
        while (true)
        {
            WorkerProcess ended = await _current.Task;
            int code;
            try
            {
                code = await ended.WaitForExitAsync(_stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            _current = NewSource();
            await ended.DisposeAsync();
            if (_restarts.Ended(code, wasTakenDown: _takenDown == ended) is { } final)
            {
                throw GiveUp(final);
            }

            _say(string.Create(
                CultureInfo.InvariantCulture,
                $"The function app ended with exit code {code} and is started again; its log is {_log.Path}"));
            await StartAgainAsync();
        }
    }

    private async Task StartAgainAsync()
    {
        while (true)
        {
            await Task.Delay(_restarts.Pause, _clock, _stopping.Token);
            try
            {
                _current.SetResult(await StartProcessAsync(_stopping.Token));
                return;
            }
            catch (LocalHostException fault)
            {
                _say(fault.Message);
                if (_restarts.Crashed() is { } final)
                {
                    throw GiveUp(final);
                }
            }
        }
    }

    private LocalHostException GiveUp(string why)
    {
        LocalHostException fault = new($"{why}; its log is {_log.Path}");
        _current.TrySetException(fault);
        _ = _current.Task.Exception;
        return fault;
    }

    private Task<WorkerProcess> StartProcessAsync(CancellationToken cancellationToken) =>
        WorkerProcess.StartAsync(_appFolder, _settings, _server, _log, cancellationToken);

    private static TaskCompletionSource<WorkerProcess> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
