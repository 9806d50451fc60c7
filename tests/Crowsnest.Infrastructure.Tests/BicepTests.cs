using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Crowsnest.Testing;

namespace Crowsnest.Infrastructure.Tests;

/// <summary>Compiles, lints and expands the deployment, offline.</summary>
public sealed class BicepTests
{
    private static readonly string Folder = Path.Combine(RepositoryFiles.Root, "infra-bicep");
    private static readonly string Bicep = Prepare();

    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Folder, "*.bicep", SearchOption.AllDirectories)
            .Select(static path => Path.GetRelativePath(Folder, path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Lint_File_HasNoDiagnostics(string file)
    {
        (int code, string output) = await RunAsync("lint", file, "--diagnostics-format", "sarif");

        Assert.Equal(0, code);
        using JsonDocument sarif = JsonDocument.Parse(output[output.IndexOf('{', StringComparison.Ordinal)..]);
        Assert.Empty(sarif.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray().Select(static r => r.GetRawText()));
    }

    [Fact]
    public async Task Build_Main_GivesATemplateWithEveryResource()
    {
        (int code, string output) = await RunAsync("build", "main.bicep", "--stdout");

        Assert.Equal(0, code);
        foreach (string type in new[]
        {
            "Microsoft.EventHub/namespaces", "Microsoft.Web/sites", "Microsoft.Web/serverfarms",
            "Microsoft.Storage/storageAccounts", "Microsoft.Insights/diagnosticSettings",
            "Microsoft.ManagedIdentity/userAssignedIdentities", "Microsoft.Authorization/roleAssignments",
        })
        {
            Assert.Contains($"\"{type}\"", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Lifecycle_Archive_NeverDeletesRawRecordsAndDeletesOldVersionsOfAll()
    {
        using JsonDocument snapshot = JsonDocument.Parse(await File.ReadAllTextAsync(
            Path.Combine(Folder, "snapshot.snapshot.json"), TestContext.Current.CancellationToken));
        JsonElement policy = snapshot.RootElement.GetProperty("predictedResources").EnumerateArray()
            .Single(static one => one.GetProperty("type").GetString() == "Microsoft.Storage/storageAccounts/managementPolicies");
        Dictionary<string, JsonElement> actions = policy.GetProperty("properties").GetProperty("policy").GetProperty("rules").EnumerateArray()
            .Select(static rule => rule.GetProperty("definition"))
            .ToDictionary(
                static rule => Assert.Single(rule.GetProperty("filters").GetProperty("prefixMatch").EnumerateArray()).GetString()!,
                static rule => rule.GetProperty("actions"),
                StringComparer.Ordinal);

        Assert.Equal(
            ["archive/events/", "archive/ledger/", "archive/manifest/", "archive/quarantine/", "archive/raw/", "archive/training/"],
            actions.Keys.Order(StringComparer.Ordinal));
        Assert.All(actions.Values, static one => Assert.True(one.GetProperty("version").TryGetProperty("delete", out _)));
        Assert.False(actions["archive/raw/"].GetProperty("baseBlob").TryGetProperty("delete", out _));
        int Days(string folder) => actions[$"archive/{folder}/"].GetProperty("baseBlob").GetProperty("delete")
            .GetProperty("daysAfterModificationGreaterThan").GetInt32();
        Assert.True(Days("events") > Days("quarantine"));
        Assert.All(["events", "ledger", "training", "quarantine"], folder => Assert.True(Days("manifest") > Days(folder)));
    }

    [Fact]
    public async Task Snapshot_MainWithFixedValues_IsWhatWasReviewed()
    {
        (int code, string output) = await RunAsync(
            "snapshot", "snapshot.bicepparam", "--mode", "validate",
            "--subscription-id", "00000000-0000-0000-0000-000000000001",
            "--resource-group", "rg1", "--location", "westeurope");

        Assert.True(code == 0, $"the deployment changed; if that is meant, run 'bicep snapshot' with --mode overwrite:\n{output}");
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        ProcessStartInfo start = new(Bicep, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }

    // NuGet unpacks the tool without the right to run it.
    private static string Prepare()
    {
        string tools = typeof(BicepTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(static attribute => attribute.Key == "BicepTools").Value!;
        string source = Directory.EnumerateFiles(tools, "bicep*").First(static file => Path.GetExtension(file) is "" or ".exe");
        string copy = Path.Combine(AppContext.BaseDirectory, Path.GetFileName(source));
        if (!File.Exists(copy) || new FileInfo(copy).Length != new FileInfo(source).Length)
        {
            File.Copy(source, copy, overwrite: true);
        }

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return copy;
    }
}
