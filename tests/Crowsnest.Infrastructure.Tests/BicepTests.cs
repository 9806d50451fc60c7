using System.Text.Json;

namespace Crowsnest.Infrastructure.Tests;

/// <summary>Compiles, lints and expands the deployment, offline.</summary>
[Trait("Category", "Slow")]
public sealed class BicepTests
{
    public static TheoryData<string> Files =>
        [.. new[] { "*.bicep", "*.bicepparam" }
            .SelectMany(static pattern => Directory.EnumerateFiles(BicepCli.Folder, pattern, SearchOption.AllDirectories))
            .Select(static path => Path.GetRelativePath(BicepCli.Folder, path)).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Sets => [.. Expanded.Sets];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Lint_File_HasNoDiagnostics(string file)
    {
        (int code, string output) = await BicepCli.RunAsync("lint", file, "--diagnostics-format", "sarif");

        Assert.Equal(0, code);
        using JsonDocument sarif = JsonDocument.Parse(output[output.IndexOf('{', StringComparison.Ordinal)..]);
        Assert.Empty(sarif.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray().Select(static r => r.GetRawText()));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task Snapshot_ParameterSet_IsWhatWasReviewed(string set)
    {
        (int code, string output) = await BicepCli.RunAsync(
            "snapshot", $"snapshots/{set}.bicepparam", "--mode", "validate",
            "--subscription-id", "00000000-0000-0000-0000-000000000001", "--location", "westeurope");

        Assert.True(code == 0, $"the deployment changed; if that is meant, run 'bicep snapshot' with --mode overwrite:\n{output}");
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task Expand_ParameterSet_ReachesEveryModuleButTheSecrets(string set)
    {
        string[] said = await Expanded.DiagnosticsAsync(set);

        // How many secrets there are is a secret, too.
        Assert.Contains("'vaultSecrets-{0}'", Assert.Single(said)[..200], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("/subscriptions/1/resourceGroups/a/providers/p/t/x", 1)]
    [InlineData("/subscriptions/1/resourceGroups/a/providers/p/t/x, /subscriptions/2/resourceGroups/b/providers/p/t/y|kube-audit-admin+guard", 2)]
    public async Task Parameters_FromTheEnvironment_NameClustersWithCategories(string clusters, int count)
    {
        (int code, string output) = await BicepCli.RunAsync(
            new Dictionary<string, string> { ["CROWSNEST_CLUSTERS"] = clusters }, "build-params", "main.bicepparam", "--stdout");

        Assert.True(code == 0, output);
        using JsonDocument built = JsonDocument.Parse(output);
        using JsonDocument parameters = JsonDocument.Parse(built.RootElement.GetProperty("parametersJson").GetString()!);
        JsonElement[] found =
            [.. parameters.RootElement.GetProperty("parameters").GetProperty("clusters").GetProperty("value").EnumerateArray()];
        Assert.Equal(count, found.Length);
        string[] expected = ["kube-audit", "kube-audit-admin,guard"];
        Assert.Equal(expected[..count], found.Select(static one =>
            string.Join(',', one.GetProperty("categories").EnumerateArray().Select(static category => category.GetString()))));
        Assert.All(found, static one => Assert.DoesNotContain('|', one.GetProperty("id").GetString()!));
    }

    [Fact]
    public async Task Lifecycle_Archive_NeverDeletesRawRecordsAndDeletesOldVersionsOfAll()
    {
        JsonElement policy = (await Expanded.ReadAsync("one-cluster"))
            .Single(static one => Expanded.TypeOf(one) == "Microsoft.Storage/storageAccounts/managementPolicies");
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
}
