using System.Diagnostics;
using Azure.Messaging.EventHubs.Primitives;
using Crowsnest.Azure.Hubs;
using Crowsnest.Azure.Storage;
using Crowsnest.LocalHost.Triggers;

namespace Crowsnest.LocalHost.Tests.EndToEnd;

/// <summary>Two local hosts read one hub; one of them is killed.</summary>
[Collection(LocalStackFixture.OneAtATime)]
public sealed class SharedHubTests(LocalStackFixture fixture) : IDisposable
{
    private const string Group = "$Default";

    private static readonly DateTimeOffset Arrival = new(2026, 10, 2, 9, 30, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("crowsnest-shared-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task TwoHosts_ShareThePartitions_AndTheOneThatIsLeftTakesAll()
    {
        await using Emulators azure = await Emulators.StartAsync(
            LocalStackFixture.Options(Path.Combine(_folder, "azure")) with { Partitions = 4 },
            TimeProvider.System,
            static _ => { },
            Cancellation);
        Dictionary<string, string> settings = new()
        {
            [StorageClients.HostConnection] = azure.Azurite!.ConnectionString,
            [Emulators.HubSetting] = azure.Broker!.ConnectionString,
        };
        List<ReadOnlyMemory<byte>> messages = await Steps.RecordedAttackAsync("SHARED");
        using Process other = StartOther(settings);
        try
        {
            await using LocalStack stack = await LocalStack.StartAsync(
                LocalStackFixture.Options(Path.Combine(_folder, "one")) with { Settings = settings },
                TimeProvider.System,
                static _ => { },
                Cancellation);
            BlobCheckpointStore checkpoints = new(stack.Storage.Blobs.GetBlobContainerClient(BlobCheckpointStore.Container));
            await OwnersAsync(checkpoints, azure.Hub, static owners => owners is [2, 2]);

            await Steps.SendAsync(azure.Hub, messages[..(messages.Count / 2)]);
            await Steps.DealtWithAsync(stack);
            await Steps.SendAsync(azure.Hub, messages[(messages.Count / 2)..]);
            long killed = Stopwatch.GetTimestamp();
            other.Kill();
            await OwnersAsync(checkpoints, azure.Hub, static owners => owners is [4]);
            await Steps.DealtWithAsync(stack);
            TestContext.Current.SendDiagnosticMessage(
                $"all was dealt with {Stopwatch.GetElapsedTime(killed).TotalSeconds:0.0} s after the kill");

            // Whoever read what, the same came of it as from one host.
            await fixture.SendAsync(messages, batchSize: 64, first: 1, partition: 0, Arrival);
            Assert.Equal(await Steps.ShapesAsync(fixture.Stack.Storage, "shared-"), await Steps.ShapesAsync(stack.Storage, "shared-"));
        }
        finally
        {
            other.Kill(entireProcessTree: true);
        }
    }

    private Process StartOther(Dictionary<string, string> settings)
    {
        LocalHostOptions options = LocalStackFixture.Options(Path.Combine(_folder, "other"));
        ProcessStartInfo start = new(
            Path.Combine(Built.LocalHostFolder, "Crowsnest.LocalHost"),
            ["--stay", "--data", options.DataFolder, "--http-port", $"{options.HttpPort}", "--ingest-port", $"{options.IngestPort}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach ((string name, string value) in settings)
        {
            start.Environment[name] = value;
        }

        string runtime = System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory();
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath("../../..", runtime);
        Process process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    private static async Task OwnersAsync(BlobCheckpointStore checkpoints, HubConnection hub, Predicate<int[]> done)
    {
        while (true)
        {
            IEnumerable<EventProcessorPartitionOwnership> all =
                await checkpoints.ListOwnershipAsync(hub.FullyQualifiedNamespace, hub.Hub, Group, Cancellation);
            if (done([.. all.GroupBy(static one => one.OwnerIdentifier).Select(static owner => owner.Count()).Order()]))
            {
                return;
            }

            await Task.Delay(100, Cancellation);
        }
    }
}
