using System.Collections.Concurrent;
using System.ComponentModel;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Processes;
using Crowsnest.LocalHost.Worker.Rpc;
using Google.Protobuf.WellKnownTypes;

namespace Crowsnest.LocalHost.Worker;

/// <summary>One run of the function app's worker: started, indexed and loaded as the real host does it.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private const string HostVersion = "4.1037.0";
    private const string HttpUriCapability = "HttpUri";
    private const string FunctionCategory = "Crowsnest.Functions.";

    // What Flex Consumption gives an app.
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan CancelsAgain = TimeSpan.FromMilliseconds(500);

    // After this the real host kills it.
    private static readonly TimeSpan GraceTime = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, List<string>> _running = new();
    private readonly Dictionary<string, string> _ids = [];
    private readonly WorkerLog _log;
    private readonly WorkerChannel _channel;
    private ChildProcess _process = null!;

    private WorkerProcess(WorkerLog log)
    {
        _log = log;
        _channel = new WorkerChannel(Keep);
    }

    internal int Id => _process.Id;

    internal IReadOnlyList<FunctionDefinition> Functions { get; private set; } = [];

    /// <summary>Where the worker itself takes HTTP requests.</summary>
    internal Uri? HttpAddress { get; private set; }

    /// <summary>Starts the worker and waits until its functions can be called.</summary>
    /// <exception cref="LocalHostException">It did not start; the message says what it said.</exception>
    internal static async Task<WorkerProcess> StartAsync(
        string appFolder,
        IReadOnlyDictionary<string, string> settings,
        WorkerServer server,
        WorkerLog log,
        CancellationToken cancellationToken)
    {
        WorkerProcess worker = new(log);
        try
        {
            worker.StartProcess(appFolder, settings, server);
            using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(StartTime);
            Task ready = worker.GetReadyAsync(appFolder);
            Task exited = worker.WaitForExitAsync(patience.Token);
            if (await Task.WhenAny(ready, exited) == ready)
            {
                try
                {
                    await ready;
                    return worker;
                }
                catch (IOException)
                {
                    // The connection of a process that ends is often gone before the process is.
                    await exited.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }

            cancellationToken.ThrowIfCancellationRequested();
            throw new LocalHostException(exited.IsCompletedSuccessfully
                ? $"the function app ended with exit code {worker._process.ExitCode} before it was ready{worker.Said()}"
                : $"the function app was not ready within {StartTime.TotalSeconds:0} s{worker.Said()}");
        }
        catch
        {
            if (worker._process is not null)
            {
                await worker.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>Asks the worker to end, and ends it when it takes too long.</summary>
    public async ValueTask DisposeAsync()
    {
        _channel.Tell(new StreamingMessage { WorkerTerminate = new WorkerTerminate { GracePeriod = Duration.FromTimeSpan(GraceTime) } });
        await _process.EndAsync(GraceTime);
        _channel.Close();
    }

    /// <summary>Waits for the end of the process.</summary>
    /// <returns>The exit code.</returns>
    internal async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        _channel.Close();
        return _process.ExitCode;
    }

    internal void Kill() => _process.Kill();

    /// <summary>Calls a function.</summary>
    internal async Task<InvocationResult> InvokeAsync(
        FunctionDefinition function, Invocation invocation, CancellationToken cancellationToken)
    {
        List<string> logs = [];
        _running[invocation.Id] = logs;
        try
        {
            StreamingMessage request = new() { InvocationRequest = invocation.ToRequest(_ids[function.Name]) };
            Task<StreamingMessage> answer = _channel.AskAsync(request);
            await ((Task)answer).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (!answer.IsCompleted)
            {
                // One that overtakes the call itself finds nothing to cancel.
                _channel.Tell(new StreamingMessage { InvocationCancel = new InvocationCancel { InvocationId = invocation.Id } });
                await Task.WhenAny(answer, Task.Delay(CancelsAgain, CancellationToken.None));
            }

            StatusResult result = (await answer).InvocationResponse.Result;
            return new InvocationResult(result.Status == StatusResult.Types.Status.Success, result.Exception?.Message ?? "", logs);
        }
        catch (IOException ended)
        {
            return InvocationResult.Failure(ended.Message);
        }
        finally
        {
            _running.TryRemove(invocation.Id, out _);
        }
    }

    private void StartProcess(string appFolder, IReadOnlyDictionary<string, string> settings, WorkerServer server)
    {
        WorkerConfig config = WorkerConfig.Read(appFolder);
        string id = Guid.NewGuid().ToString();
        Dictionary<string, string> environment = new(settings)
        {
            ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated",
            ["FUNCTIONS_APPLICATION_DIRECTORY"] = appFolder,
            ["CROWSNEST_END_WITH_INPUT"] = "true",
        };
        string[] arguments =
        [
            "--functions-uri", server.Address.ToString(), "--functions-worker-id", id, "--functions-request-id", Guid.NewGuid().ToString(),
            "--functions-grpc-max-message-length", $"{int.MaxValue}",
        ];
        server.Expect(id, _channel);
        try
        {
            _process = ChildProcess.Start(
                config.Executable,
                config.WorkerPath.Length > 0 ? [config.WorkerPath, .. arguments] : arguments,
                appFolder,
                environment,
                _log.WriteConsole);
        }
        catch (Win32Exception missing)
        {
            throw new LocalHostException($"the function app can't be started with {config.Executable}: {missing.Message}", missing);
        }
    }

    private async Task GetReadyAsync(string appFolder)
    {
        await _channel.Opened;
        WorkerInitRequest init = new() { HostVersion = HostVersion, WorkerDirectory = appFolder, FunctionAppDirectory = appFolder };
        WorkerInitResponse answer = (await _channel.AskAsync(new StreamingMessage { WorkerInitRequest = init })).WorkerInitResponse;
        Check(answer.Result, "the function app");
        HttpAddress = answer.Capabilities.TryGetValue(HttpUriCapability, out string? address) ? new Uri(address) : null;

        FunctionsMetadataRequest ask = new() { FunctionAppDirectory = appFolder };
        StreamingMessage reply = await _channel.AskAsync(new StreamingMessage { FunctionsMetadataRequest = ask });
        FunctionMetadataResponse found = reply.FunctionMetadataResponse;
        Check(found.Result, "the list of functions");
        List<FunctionDefinition> functions = [];
        foreach (RpcFunctionMetadata metadata in found.FunctionMetadataResults)
        {
            metadata.Directory = appFolder;
            FunctionLoadRequest load = new() { FunctionId = metadata.FunctionId, Metadata = metadata };
            StreamingMessage loaded = await _channel.AskAsync(new StreamingMessage { FunctionLoadRequest = load });
            Check(loaded.FunctionLoadResponse.Result, metadata.Name);
            functions.Add(FunctionDefinition.Of(metadata));
            _ids[metadata.Name] = metadata.FunctionId;
        }

        Functions = functions;
    }

    private void Keep(RpcLog entry)
    {
        _log.Write(entry);
        if (entry.Level >= RpcLog.Types.Level.Information && entry.Category.StartsWith(FunctionCategory, StringComparison.Ordinal)
            && _running.TryGetValue(entry.InvocationId, out List<string>? logs))
        {
            logs.Add(entry.Message);
        }
    }

    private string Said() => _log.LastOfConsole is { Count: > 0 } lines
        ? $":\n{string.Join('\n', lines)}\nIts log is {_log.Path}" : $"; its log is {_log.Path}";

    private static void Check(StatusResult result, string what)
    {
        if (result.Status != StatusResult.Types.Status.Success)
        {
            throw new LocalHostException($"{what} can't be loaded: {result.Exception?.Message}");
        }
    }
}
