using System.Text.Json;
using System.Text.RegularExpressions;
using Crowsnest.Testing;

namespace Crowsnest.Infrastructure.Tests;

/// <summary>What the deployment must hold whatever its parameters: no keys, no open doors, no role without a use.</summary>
[Trait("Category", "Slow")]
public sealed partial class DeploymentTests
{
    private const string Operator = "00000000-0000-0000-0000-00000000000a";

    private static readonly string[] Named =
        ["Microsoft.Communication/communicationServices", "Microsoft.Storage/storageAccounts", "Microsoft.EventHub/namespaces",
            "Microsoft.KeyVault/vaults", "Microsoft.Web/sites", "Microsoft.Communication/emailServices"];

    [Theory]
    [InlineData("main.bicep")]
    [InlineData("policy.bicep")]
    public async Task Template_ListsNoKeysAndPutsNoSecretOut(string file)
    {
        (int code, string template) = await BicepCli.RunAsync("build", file, "--stdout");

        Assert.Equal(0, code);
        Assert.DoesNotMatch("(?i)listKeys|listAccountSas|listConnectionStrings|sharedAccessKey|accountKey=", template);
        using JsonDocument document = JsonDocument.Parse(template);
        IEnumerable<string> outputs = document.RootElement.TryGetProperty("outputs", out JsonElement found)
            ? found.EnumerateObject().Select(static one => one.Name) : [];
        Assert.DoesNotContain(outputs, static name => name.Contains("password", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Snapshots_SecretsOfTheParameters_AreInNone()
    {
        foreach (string set in Expanded.Sets)
        {
            Assert.DoesNotMatch("hooks\\.example\\.org/secret|a secret of the|of the mail server", await Expanded.TextAsync(set));
        }
    }

    [Fact]
    public async Task Private_EveryStore_RefusesThePublicNetworkAndHasAnEndpoint()
    {
        JsonElement[] all = await Expanded.ReadAsync("private");
        JsonElement[] stores = [.. all.Where(static one =>
            Expanded.TypeOf(one) is "Microsoft.Storage/storageAccounts" or "Microsoft.KeyVault/vaults" or "Microsoft.Web/sites")];
        string endpoints = string.Join('\n', all.Where(static one => Expanded.TypeOf(one) == "Microsoft.Network/privateEndpoints")
            .Select(static one => one.GetRawText()));

        Assert.Equal(4, stores.Length);
        Assert.All(stores, one =>
        {
            Assert.Equal("Disabled", one.GetProperty("properties").GetProperty("publicNetworkAccess").GetString());
            Assert.Contains($"/{one.GetProperty("name").GetString()}\"", endpoints, StringComparison.Ordinal);
        });

        // Azure Monitor writes to the hub as a trusted service; nobody else from outside.
        JsonElement rules = all.Single(static one => Expanded.TypeOf(one) == "Microsoft.EventHub/namespaces/networkRuleSets")
            .GetProperty("properties");
        Assert.Equal("Deny", rules.GetProperty("defaultAction").GetString());
        Assert.True(rules.GetProperty("trustedServiceAccessEnabled").GetBoolean());
        Assert.Empty(rules.GetProperty("ipRules").EnumerateArray());
    }

    [Fact]
    public async Task Everywhere_KeysAndPlainConnections_AreOff()
    {
        foreach (JsonElement one in (await Task.WhenAll(Expanded.Sets.Select(Expanded.ReadAsync))).SelectMany(static all => all))
        {
            JsonElement properties = one.TryGetProperty("properties", out JsonElement found) ? found : default;
            switch (Expanded.TypeOf(one))
            {
                case "Microsoft.Storage/storageAccounts":
                    Assert.False(properties.GetProperty("allowSharedKeyAccess").GetBoolean());
                    Assert.False(properties.GetProperty("allowBlobPublicAccess").GetBoolean());
                    break;
                case "Microsoft.Communication/communicationServices":
                    Assert.True(properties.GetProperty("disableLocalAuth").GetBoolean());
                    break;
                case "Microsoft.Web/sites":
                    Assert.True(properties.GetProperty("httpsOnly").GetBoolean());
                    break;
                case "Microsoft.Web/sites/basicPublishingCredentialsPolicies":
                    Assert.False(properties.GetProperty("allow").GetBoolean());
                    break;
            }
        }
    }

    [Fact]
    public async Task Names_OfTwoEnvironments_DifferWhereTheyAreGlobal()
    {
        string[] one = await GlobalNamesAsync("one-cluster");
        string[] other = await GlobalNamesAsync("private");

        Assert.Equal(7, one.Length);
        Assert.Empty(one.Intersect(other));
    }

    [Fact]
    public async Task Fleet_EachCluster_StreamsItsCategoriesFromItsOwnSubscription()
    {
        IEnumerable<string> settings = (await Expanded.ReadAsync("fleet"))
            .Where(static one => Expanded.TypeOf(one) == "Microsoft.Insights/diagnosticSettings")
            .Select(static one => string.Join(
                ' ',
                one.GetProperty("id").GetString()!.Split('/')[2][^1..],
                string.Join(',', one.GetProperty("properties").GetProperty("logs").EnumerateArray()
                    .Select(static log => log.GetProperty("category").GetString()))));

        Assert.Equal(["1 kube-audit,guard", "2 kube-audit-admin"], settings);
    }

    [Fact]
    public async Task Roles_AssignedAndDocumented_AreTheSame()
    {
        SortedSet<string> assigned = [];
        foreach (JsonElement one in (await Expanded.ReadAsync("fleet"))
            .Where(static one => Expanded.TypeOf(one) == "Microsoft.Authorization/roleAssignments"))
        {
            JsonElement properties = one.GetProperty("properties");
            string who = properties.GetProperty("principalId").GetString() == Operator ? "operator" : "app";
            assigned.Add($"{who} {properties.GetProperty("roleDefinitionId").GetString()!.Split('/')[^1]} {ScopeOf(one)}");
        }

        foreach (string file in new[] { "policy.bicep", "modules/policy-hub-role.bicep" })
        {
            string text = await File.ReadAllTextAsync(Path.Combine(BicepCli.Folder, file), TestContext.Current.CancellationToken);
            assigned.UnionWith(RoleId().Matches(text).Select(id =>
                $"policy {id.Value} {(file == "policy.bicep" ? "Microsoft.Management/managementGroups" : "Microsoft.EventHub/namespaces")}"));
        }

        string[][] rows = await DocumentedRolesAsync();

        Assert.Equal(assigned, rows.Select(static row => $"{row[0]} {row[2]} {row[3]}").Order(StringComparer.Ordinal));
        Assert.All(rows, static row =>
        {
            Assert.True(row[4].Length > 10, $"{row[1]} has no reason");
            Assert.True(Path.Exists(Path.Combine(RepositoryFiles.Root, row[5])), $"{row[5]}, which needs {row[1]}, is not there");
        });
    }

    private static async Task<string[]> GlobalNamesAsync(string set) =>
    [
        .. (await Expanded.ReadAsync(set)).Where(static one => Named.Contains(Expanded.TypeOf(one)))
            .Select(static one => one.GetProperty("name").GetString()!),
    ];

    // The types between the last provider's names: what the role is good for.
    private static string ScopeOf(JsonElement assignment)
    {
        string id = Scope().Match(assignment.GetProperty("id").GetString()!).Groups[1].Value;
        string[] parts = id.Split('/');
        return string.Join('/', parts.Where(static (_, i) => i == 0 || i % 2 == 1));
    }

    private static async Task<string[][]> DocumentedRolesAsync()
    {
        string[] lines = await File.ReadAllLinesAsync(
            Path.Combine(RepositoryFiles.Root, "docs", "deploy.md"), TestContext.Current.CancellationToken);
        return [.. lines.SkipWhile(static line => line != "## Roles").Where(static line => line.StartsWith('|')).Skip(2)
            .TakeWhile(static line => line.StartsWith('|'))
            .Select(static line => line.Trim('|', ' ').Split('|').Select(static cell => cell.Trim(' ', '`')).ToArray())];
    }

    [GeneratedRegex(@"providers/((?!Microsoft\.Authorization)Microsoft\.[^']+?)(?:/providers/|')")]
    private static partial Regex Scope();

    [GeneratedRegex("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex RoleId();
}
