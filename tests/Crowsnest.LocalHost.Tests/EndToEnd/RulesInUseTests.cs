using System.Text;
using System.Text.Json;
using Azure.Storage.Blobs;
using Crowsnest.Core.Detections;
using Crowsnest.Testing;

namespace Crowsnest.LocalHost.Tests.EndToEnd;

/// <summary>A user's own rules beside those of the app, and what the controllers' answers to an act come to.</summary>
[Collection(LocalStackFixture.OneAtATime)]
public sealed class RulesInUseTests(LocalStackFixture fixture)
{
    private static readonly DateTimeOffset Arrival = new(2026, 11, 2, 9, 30, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task UserRule_InTheBlobContainer_IsPickedUpWithoutARestart()
    {
        const string rule = """
            title: Own rule
            id: 7c7f2b9e-6a52-4a5e-9c1d-2f6b3d1f0a11
            logsource: {product: kubernetes, service: audit}
            detection:
              selection: {objectRef.resource: widgets}
              condition: selection
            level: medium
            """;
        int worker = fixture.Stack.Worker.ProcessId;
        BlobContainerClient rules = fixture.Stack.Storage.Blobs.GetBlobContainerClient("rules");
        await rules.GetBlobClient("own.yml").UploadAsync(new BinaryData(rule), overwrite: true, Cancellation);
        await rules.GetBlobClient("broken.yml").UploadAsync(new BinaryData(rule.Replace("objectRef.resource", "objectRef.resourse", StringComparison.Ordinal)), overwrite: true, Cancellation);

        await File.WriteAllTextAsync(
            Path.Combine(fixture.UserRules, "folder.yml"),
            rule.Replace("Own rule", "Rule of the folder", StringComparison.Ordinal).Replace("0a11", "0a12", StringComparison.Ordinal),
            Cancellation);

        await WidgetAsync("widget-1", 860_000);

        List<Detection> found = [.. (await fixture.DetectionsAsync("prod-")).Where(static d => d.AuditIds.Contains("widget-1"))];
        Assert.Contains(found, static d => d.Rule.Title == "Own rule");
        Assert.Contains(found, static d => d.Rule.Title == "Rule of the folder");
        Assert.Equal(worker, fixture.Stack.Worker.ProcessId);
        string log = await ReadLogAsync();
        Assert.Contains("rules/broken.yml(5)", log, StringComparison.Ordinal);
        Assert.Contains("did you mean 'objectRef.resource'", log, StringComparison.Ordinal);

        await rules.GetBlobClient("filter.yml").UploadAsync(new BinaryData("""
            title: Widgets are ours
            logsource: {product: kubernetes, service: audit}
            filter:
              rules: [7c7f2b9e-6a52-4a5e-9c1d-2f6b3d1f0a11]
              selection: {user.username: jane@example.org}
              condition: not selection
            """), overwrite: true, Cancellation);
        await WidgetAsync("widget-2", 870_000);

        Assert.DoesNotContain(await fixture.DetectionsAsync("prod-"), static d => d.Rule.Title == "Own rule" && d.AuditIds.Contains("widget-2"));
        await rules.GetBlobClient("own.yml").DeleteAsync(cancellationToken: Cancellation);
    }

    [Fact]
    public async Task PodsOfAPrivilegedDeployment_BelongToItsDetection()
    {
        const string spec = """{"spec":{"containers":[{"image":"a","securityContext":{"privileged":true}}]}}""";
        EventJson deployment = new()
        {
            AuditId = "echo-deployment",
            User = "deployer@example.org",
            Resource = "deployments",
            Time = Arrival,
            RequestObject = $$$"""{"spec":{"template":{{{spec}}}}}""",
        };
        EventJson pod = deployment with
        {
            AuditId = "echo-pod",
            User = "system:serviceaccount:kube-system:replicaset-controller",
            UserAgent = "kube-controller-manager/v1.35.0 (linux/amd64) kubernetes/abcdef/system:serviceaccount:kube-system:replicaset-controller",
            SourceIPs = ["10.224.0.4"],
            Resource = "pods",
            Name = "",
            Time = Arrival.AddSeconds(1),
            RequestObject = spec.Insert(1, """
                 "metadata":{"generateName":"web-7d9c5b8f4-","ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-7d9c5b8f4","uid":"u","controller":true}]},
                """),
        };

        await fixture.SendAsync([Encoding.UTF8.GetBytes(deployment.ToAksRecord())], 1, 880_000, 3, Arrival);
        await fixture.SendAsync([Encoding.UTF8.GetBytes(pod.ToAksRecord())], 1, 880_001, 4, Arrival);

        Detection[] stored = [.. (await fixture.DetectionsAsync("prod-")).Where(static d => d.Rule.Title == "Privileged container" && d.AuditIds[0].StartsWith("echo-", StringComparison.Ordinal)).DistinctBy(static d => d.Id)];
        Detection origin = Assert.Single(stored, static d => !d.IsWriteBack);
        Assert.Single(stored, static d => d.IsWriteBack);
        using HttpClient client = fixture.Client();
        string json = await client.GetStringAsync(
            new Uri($"api/investigate/detections?cluster={origin.Cluster}&day=2026-11-02", UriKind.Relative), Cancellation);
        JsonElement shown = Assert.Single(JsonDocument.Parse(json).RootElement.EnumerateArray(), d => d.GetProperty("id").GetString() == origin.Id);
        Assert.Equal(["echo-deployment", "echo-pod"], shown.GetProperty("auditIds").EnumerateArray().Select(static id => id.GetString()));
    }

    private async Task WidgetAsync(string auditId, long first)
    {
        // Longer than the app looks again after.
        await Task.Delay(TimeSpan.FromSeconds(1.5), Cancellation);
        string json = new EventJson { AuditId = auditId, Resource = "widgets", Verb = "get", Code = 200, Time = Arrival }.ToAksRecord();
        await fixture.SendAsync([Encoding.UTF8.GetBytes(json)], 1, first, 0, Arrival);
    }

    private async Task<string> ReadLogAsync()
    {
        string file = Directory.EnumerateFiles(fixture.DataFolder, "app.log", SearchOption.AllDirectories).First();
        await using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(stream);
        return await reader.ReadToEndAsync(Cancellation);
    }
}
