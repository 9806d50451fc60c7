using System.Diagnostics;
using System.Text;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Tests.EndToEnd;
using Crowsnest.LocalHost.Worker;
using Crowsnest.LocalHost.Worker.Rpc;
using Crowsnest.Testing;

namespace Crowsnest.LocalHost.Tests.Worker;

/// <summary>The published app as a worker of the host: nothing that it needs is there, only the host.</summary>
public sealed class FunctionWorkerTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("crowsnest-worker-").FullName;
    private readonly List<string> _said = [];
    private FunctionWorker _worker = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Home => Path.Combine(_folder, "home");

    private string LogFile => Path.Combine(_folder, "app.log");

    public ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Home);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    // Storage is a port that nobody listens on: the app answers in time, and says what is wrong when it is called.
    [Fact]
    public async Task Start_StorageAway_IsReadyAndFailsOnlyWhatNeedsIt()
    {
        await StartAsync(TimeSpan.FromMinutes(1));

        FunctionDefinition ingestion = Function(LocalStackFixture.Ingestion);
        InvocationResult result = await _worker.InvokeAsync(
            ingestion,
            LocalStackFixture.Delivery(ingestion, [Encoding.UTF8.GetBytes(new EventJson().ToAksRecord())], 1, 0, DateTimeOffset.UnixEpoch),
            Cancellation);

        Assert.Equal(14, _worker.Functions.Count);
        Assert.False(result.Succeeded);
        Assert.Contains("Connection refused", result.Problem, StringComparison.Ordinal);
        string log = await ReadLogAsync();
        Assert.Contains("[Error] Crowsnest.Azure.Content.CurrentModel", log, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Home));
    }

    [Fact]
    public async Task Invoke_TakesTooLong_TakesTheWorkerDownWithEveryOtherCall()
    {
        await StartAsync(TimeSpan.FromMilliseconds(300));
        int first = _worker.ProcessId;

        InvocationResult[] results = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => RetrainAsync()));

        Assert.All(results, static result => Assert.False(result.Succeeded));
        Assert.Contains(results, static result => result.Problem.Contains("functionTimeout", StringComparison.Ordinal));
        await AnotherThanAsync(first);
        Assert.False(_worker.Failed.IsCompleted, "it was given up");
    }

    [Fact]
    public async Task Invoke_GivenUp_ReachesTheFunction()
    {
        await StartAsync(TimeSpan.FromMinutes(1));
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task<InvocationResult> running = _worker.InvokeAsync(Function("RetrainModel"), Timer(), stop.Token);

        await stop.CancelAsync();

        InvocationResult result = await running;
        Assert.False(result.Succeeded);
        Assert.Contains("cancel", result.Problem, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Kill_ThreeTimes_IsStartedAgainTwice()
    {
        await StartAsync(TimeSpan.FromMinutes(1));
        for (int crash = 1; crash <= 2; crash++)
        {
            int id = _worker.ProcessId;
            Kill(id);
            await AnotherThanAsync(id);
        }

        Kill(_worker.ProcessId);

        LocalHostException fault = await Assert.ThrowsAsync<LocalHostException>(() => _worker.Failed.WaitAsync(Cancellation));
        Assert.Contains("crashed 3 times", fault.Message, StringComparison.Ordinal);
        Assert.Contains(LogFile, fault.Message, StringComparison.Ordinal);
        Assert.Contains("crashed 3 times", (await RetrainAsync()).Problem, StringComparison.Ordinal);
    }

    private async Task StartAsync(TimeSpan functionTimeout) => _worker = await FunctionWorker.StartAsync(
        Built.App,
        new Dictionary<string, string> { ["AzureWebJobsStorage"] = NobodyThere(), ["HOME"] = Home },
        functionTimeout,
        LogFile,
        TimeProvider.System,
        _said.Add,
        Cancellation);

    private FunctionDefinition Function(string name) => _worker.Functions.Single(function => function.Name == name);

    private Task<InvocationResult> RetrainAsync() => _worker.InvokeAsync(Function("RetrainModel"), Timer(), Cancellation);

    private static Invocation Timer() => new() { Input = new ParameterBinding { Name = "timer", Data = new TypedData { Json = "{}" } } };

    private static string NobodyThere() =>
        Crowsnest.LocalHost.Processes.AzuriteProcess.ConnectionStringOf(Crowsnest.LocalHost.Processes.AzuriteProcess.FreePorts(3));

    private static void Kill(int id)
    {
        using Process process = Process.GetProcessById(id);
        process.Kill();
    }

    private async Task AnotherThanAsync(int id)
    {
        while (_worker.ProcessId == 0 || _worker.ProcessId == id)
        {
            Assert.False(_worker.Failed.IsFaulted, "it was given up");
            await Task.Delay(20, Cancellation);
        }
    }

    private async Task<string> ReadLogAsync()
    {
        await using FileStream file = new(LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(file);
        return await reader.ReadToEndAsync(Cancellation);
    }
}
