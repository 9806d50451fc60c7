using System.Diagnostics;

namespace Crowsnest.Infrastructure.Tests;

/// <summary>The scripts around a deployment, with a stand-in for az that answers from a file.</summary>
public sealed class HookTests : IDisposable
{
    private const string Cluster = "/subscriptions/1/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/a";
    private const string Extension = "Microsoft.Azure.WebJobs.Extensions.EventHubs";

    private readonly string _folder = Directory.CreateTempSubdirectory("crowsnest-hooks-").FullName;

    public HookTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "the scripts run in sh");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Preprovision_AllIsRight_LetsItGoOn()
    {
        (int code, string said) = await PreprovisionAsync($"{Cluster}, {Cluster}|kube-audit-admin+guard", "westeurope");

        Assert.True(code == 0, said);
    }

    [Theory]
    [InlineData(Cluster, "northeurope", "is in northeurope, and diagnostic settings send only to a hub of their own region")]
    [InlineData(Cluster + "|kube-audit+audit-everything", "West Europe", "audit-everything is no log category of AKS")]
    [InlineData(Cluster, "", "there is no cluster " + Cluster)]
    public async Task Preprovision_ClusterThatCanNotWork_IsRefusedAndSaid(string clusters, string location, string problem)
    {
        (int code, string said) = await PreprovisionAsync(clusters, location);

        Assert.Equal(1, code);
        Assert.Contains(problem, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preprovision_SeveralThingsAreWrong_SaysAll()
    {
        await StubAsync("""
            case "$*" in
              *"provider show"*KeyVault*) echo NotRegistered ;;
              *"provider show"*) echo Registered ;;
              *flexconsumption*) echo 0 ;;
            esac
            """);

        (int code, string said) = await RunAsync("preprovision.sh", [], ("CROWSNEST_RECIPIENTS", ""), ("CROWSNEST_CLUSTERS", ""));

        Assert.Equal(1, code);
        Assert.Contains("nobody would get alerts", said, StringComparison.Ordinal);
        Assert.Contains("az provider register --namespace Microsoft.KeyVault --wait", said, StringComparison.Ordinal);
        Assert.Contains("there is no Flex Consumption in westeurope", said, StringComparison.Ordinal);
        Assert.DoesNotContain("Microsoft.Web is not", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, true, 0, "the host's Event Hubs extension")]
    [InlineData(false, true, 1, "no event would ever be read")]
    [InlineData(true, false, 1, "no function that reads the hub")]
    public async Task Predeploy_Package_IsRefusedWithoutTheTrigger(bool hasExtension, bool hasTrigger, int expected, string text)
    {
        string package = Path.Combine(_folder, "package");
        Directory.CreateDirectory(Path.Combine(package, ".azurefunctions"));
        await WriteAsync("package/host.json", "{}");
        await WriteAsync("package/functions.metadata", hasTrigger ? "\"scriptFile\" \"eventHubTrigger\"" : "\"timerTrigger\"");
        await WriteAsync("package/extensions.json", Extension);
        if (hasExtension)
        {
            await WriteAsync($"package/.azurefunctions/{Extension}.dll", "");
        }

        (int code, string said) = await RunAsync("predeploy.sh", [package]);

        Assert.Equal(expected, code);
        Assert.Contains(text, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 0, "the digest is on its way")]
    [InlineData(false, 1, "the host does not know: WatchFeeds")]
    public async Task Postdeploy_FunctionsAreThereOrNot_IsSaid(bool isComplete, int expected, string text)
    {
        string last = isComplete ? "APP/WatchFeeds" : "";
        await StubAsync($$"""
            case "$*" in
              *"function list"*) printf '%s\n' APP/AnswerAlert APP/CompactArchive APP/Console APP/CorrelateActivity APP/CorrelateCluster \
                APP/IngestAuditEvents APP/IngestWebhookBody APP/Investigate APP/ReceiveAuditWebhook APP/RetrainModel APP/SendAlert APP/SendDigest APP/TrimTables {{last}} ;;
              *"keys list"*) echo a-master-key ;;
              *"functionapp show"*) echo app.example.org ;;
              *"entity query"*) echo 1 ;;
            esac
            """);
        await StubAsync("echo \"$*\" > \"$(dirname \"$0\")/curl.said\"; cat > /dev/null; printf 202", "curl");

        (int code, string said) = await RunAsync(
            "postdeploy.sh", [], ("AZURE_RESOURCE_GROUP", "g"), ("SERVICE_FUNCTIONS_NAME", "APP"), ("TRIES", "1"), ("PAUSE", "0"),
            ("CROWSNEST_CLUSTERS", Cluster), ("AzureWebJobsStorage__tableServiceUri", "https://abc.table.core.windows.net/"));

        Assert.True(code == expected, said);
        Assert.Contains(text, said, StringComparison.Ordinal);
        Assert.DoesNotContain("a-master-key", said, StringComparison.Ordinal);
        if (isComplete)
        {
            Assert.Contains("the first events have been read", said, StringComparison.Ordinal);
            Assert.DoesNotContain(
                "a-master-key",
                await File.ReadAllTextAsync(Path.Combine(_folder, "bin", "curl.said"), TestContext.Current.CancellationToken),
                StringComparison.Ordinal);
        }
    }

    private async Task<(int Code, string Said)> PreprovisionAsync(string clusters, string location)
    {
        await StubAsync($"""
            case "$*" in
              *"provider show"*) echo Registered ;;
              *flexconsumption*) echo 1 ;;
              *"resource show"*) echo '{location}' ;;
            esac
            """);
        return await RunAsync(
            "preprovision.sh", [], ("AZURE_LOCATION", "West Europe"), ("CROWSNEST_RECIPIENTS", "a@example.org"),
            ("CROWSNEST_CLUSTERS", clusters));
    }

    private async Task StubAsync(string body, string name = "az")
    {
        Directory.CreateDirectory(Path.Combine(_folder, "bin"));
        await WriteAsync($"bin/{name}", $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.Combine(_folder, "bin", name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private Task WriteAsync(string file, string text) =>
        File.WriteAllTextAsync(Path.Combine(_folder, file), text, TestContext.Current.CancellationToken);

    private async Task<(int Code, string Said)> RunAsync(string script, string[] arguments, params (string Name, string Value)[] settings)
    {
        ProcessStartInfo start = new("sh", [Path.Combine(BicepCli.Folder, "hooks", script), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{Path.Combine(_folder, "bin")}:{start.Environment["PATH"]}";
        foreach ((string name, string value) in settings)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }
}
