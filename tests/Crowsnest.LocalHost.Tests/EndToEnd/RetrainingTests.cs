using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Crowsnest.Core.Detections;
using Crowsnest.LocalHost.Worker;
using Crowsnest.Testing;

namespace Crowsnest.LocalHost.Tests.EndToEnd;

/// <summary>A trained model is published and judges the next batch. On a stack of its own: a trained model is there for good.</summary>
[Collection(LocalStackFixture.OneAtATime)]
public sealed partial class RetrainingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("crowsnest-retraining-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task RetrainModel_EnoughInTheArchive_PublishesAModelThatJudgesWithoutARestart()
    {
        LocalHostOptions options = LocalStackFixture.Options(_folder) with
        {
            Settings = new Dictionary<string, string> { ["Crowsnest__ReloadSeconds"] = "1" },
        };
        await using LocalStack stack = await LocalStack.StartAsync(options, TimeProvider.System, static _ => { }, Cancellation);
        int worker = stack.Worker.ProcessId;

        Assert.Contains("too few", Assert.Single(await RetrainAsync(stack)), StringComparison.Ordinal);

        List<ReadOnlyMemory<byte>> recorded = await Steps.RecordedAttackAsync("RETRAINING");
        await Steps.SendAsync(stack.Emulators.Hub, recorded);
        await Steps.DealtWithAsync(stack);

        Assert.EndsWith(": published", Assert.Single(await RetrainAsync(stack)), StringComparison.Ordinal);

        BlobContainerClient models = stack.Storage.Blobs.GetBlobContainerClient("models");
        BlobDownloadResult pointer = await models.GetBlobClient("current.json").DownloadContentAsync(Cancellation);
        string version = JsonDocument.Parse(pointer.Content).RootElement.GetProperty("version").GetString()!;
        string odd = new EventJson
        {
            AuditId = "after-training",
            User = "system:serviceaccount:ci:ci-deployer",
            Resource = "clusterrolebindings",
            Namespace = "",
            SourceIPs = ["203.0.113.99"],
            UserAgent = "nobody-has-this/1.0",
            RequestObject = """{"roleRef":{"name":"cluster-admin"},"subjects":[{"name":"x"}]}""",
        }.ToAksRecord();

        // In the cluster that was learned: what is odd there says nothing of another.
        odd = Resource().Replace(odd, Resource().Match(Encoding.UTF8.GetString(recorded[0].Span)).Value);

        // Longer than the app looks again after.
        await Task.Delay(TimeSpan.FromSeconds(1.5), Cancellation);
        await Steps.SendAsync(stack.Emulators.Hub, [Encoding.UTF8.GetBytes(odd)]);
        await Steps.DealtWithAsync(stack);

        Assert.Equal(worker, stack.Worker.ProcessId);
        Assert.Contains(
            await Steps.DetectionsAsync(stack.Storage, "retraining"),
            detection => detection.Source == DetectionSource.Model && detection.AuditIds.Contains("after-training")
                && detection.Rule.Version == version);
    }

    [GeneratedRegex("\"resourceId\": ?\"[^\"]+\"", RegexOptions.IgnoreCase)]
    private static partial Regex Resource();

    private static async Task<IReadOnlyList<string>> RetrainAsync(LocalStack stack)
    {
        InvocationResult result = await stack.Timers.Single(static timer => timer.Name == "RetrainModel").FireAsync(Cancellation);
        Assert.True(result.Succeeded, result.Problem);
        return result.Logs;
    }
}
