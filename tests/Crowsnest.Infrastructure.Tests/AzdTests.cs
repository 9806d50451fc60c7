using Crowsnest.Testing;
using YamlDotNet.RepresentationModel;

namespace Crowsnest.Infrastructure.Tests;

/// <summary>azure.yaml has the shape that azd reads, and the workflow keeps what a deployment needs.</summary>
public sealed class AzdTests
{
    // Of azd's schema, what we use: a key that is misspelt is not noticed by azd.
    private static readonly string[] Keys = ["name", "metadata", "infra", "services", "hooks"];
    private static readonly string[] ServiceKeys = ["project", "host", "language"];
    private static readonly string[] Hooks = ["preprovision", "predeploy", "postdeploy"];

    [Fact]
    public void AzureYaml_Shape_IsWhatAzdReads()
    {
        YamlMappingNode root = Load("azure.yaml");

        Assert.Equal(Keys, root.Children.Keys.Select(static key => key.ToString()));
        Assert.Equal("crowsnest", root["name"].ToString());
        Assert.Equal(("bicep", "main"), (root["infra"]["provider"].ToString(), root["infra"]["module"].ToString()));
        Assert.True(File.Exists(At(root["infra"]["path"].ToString(), "main.bicep")));
        Assert.True(File.Exists(At(root["infra"]["path"].ToString(), "main.bicepparam")));
        KeyValuePair<YamlNode, YamlNode> service = Assert.Single(((YamlMappingNode)root["services"]).Children);
        Assert.Equal(ServiceKeys, ((YamlMappingNode)service.Value).Children.Keys.Select(static key => key.ToString()));
        Assert.Equal(("function", "dotnet"), (service.Value["host"].ToString(), service.Value["language"].ToString()));
        Assert.Single(Directory.GetFiles(At(service.Value["project"].ToString()), "*.csproj"));
        YamlMappingNode hooks = (YamlMappingNode)root["hooks"];
        Assert.Equal(Hooks, hooks.Children.Keys.Select(static key => key.ToString()));
        Assert.All(hooks.Children.Values, static hook =>
        {
            Assert.Equal("sh", hook["shell"].ToString());
            Assert.True(File.Exists(At(hook["run"].ToString())), $"{hook["run"]} is not there");
        });
    }

    [Fact]
    public async Task AzureYaml_ServiceAndOutputs_AreWhatAzdLooksFor()
    {
        YamlMappingNode root = Load("azure.yaml");
        string service = ((YamlMappingNode)root["services"]).Children.Keys.Single().ToString();

        string app = await ReadAsync("infra-bicep/modules/function-app.bicep");
        string main = await ReadAsync("infra-bicep/main.bicep");

        Assert.Contains($"'azd-service-name': '{service}'", app, StringComparison.Ordinal);
        Assert.Contains("'azd-env-name': environmentName", main, StringComparison.Ordinal);
        Assert.Contains("output AZURE_RESOURCE_GROUP string", main, StringComparison.Ordinal);
        Assert.Contains($"output SERVICE_{service.ToUpperInvariant()}_NAME string", main, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parameters_EveryVariable_IsInTheDocument()
    {
        string parameters = await ReadAsync("infra-bicep/main.bicepparam");
        string document = await ReadAsync("docs/deploy.md");
        string[] names = [.. System.Text.RegularExpressions.Regex.Matches(parameters, @"readEnvironmentVariable\('(\w+)'")
            .Select(static match => match.Groups[1].Value).Distinct()];

        Assert.True(names.Length > 12);
        Assert.All(names, name => Assert.True(
            document.Contains(name, StringComparison.Ordinal)
                || document.Contains("…_" + name.Split('_')[^1] + "`", StringComparison.Ordinal),
            $"docs/deploy.md does not name {name}"));
    }

    [Fact]
    public void Workflow_Deploy_KeepsHiddenFilesAndSignsInWithoutASecret()
    {
        YamlMappingNode root = Load(".github/workflows/deploy.yml");
        YamlNode[] steps = [.. ((YamlMappingNode)root["jobs"]).Children.Values
            .SelectMany(static job => ((YamlSequenceNode)job["steps"]).Children)];

        YamlNode upload = Step(steps, "actions/upload-artifact@");
        Assert.Equal("true", upload["with"]["include-hidden-files"].ToString());
        Assert.Equal("write", root["jobs"]["deploy"]["permissions"]["id-token"].ToString());
        Assert.Equal(
            ["client-id", "tenant-id", "subscription-id"],
            ((YamlMappingNode)Step(steps, "azure/login@")["with"]).Children.Keys.Select(static key => key.ToString()));
        Assert.All(
            steps.Where(static step => Has(step, "uses")),
            static step => Assert.Matches("@[0-9a-f]{40}$", step["uses"].ToString()));
    }

    private static YamlNode Step(IEnumerable<YamlNode> steps, string action) =>
        steps.Single(step => Has(step, "uses") && step["uses"].ToString().StartsWith(action, StringComparison.Ordinal));

    private static bool Has(YamlNode node, string key) => ((YamlMappingNode)node).Children.ContainsKey(key);

    private static YamlMappingNode Load(string file)
    {
        YamlStream stream = [];
        using StreamReader reader = new(At(file));
        stream.Load(reader);
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }

    private static Task<string> ReadAsync(string file) => File.ReadAllTextAsync(At(file), TestContext.Current.CancellationToken);

    private static string At(params string[] parts) => Path.Combine([RepositoryFiles.Root, .. parts]);
}
