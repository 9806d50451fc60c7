using System.Reflection;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Crowsnest.Testing;

namespace Crowsnest.Infrastructure.Tests;

/// <summary>Dependencies point one way: Functions, LocalHost, Cli → Azure → Learning → Core.</summary>
public sealed class DependencyTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Crowsnest.Core"] = [],
        ["Crowsnest.Learning"] = ["Crowsnest.Core"],
        ["Crowsnest.Azure"] = ["Crowsnest.Core", "Crowsnest.Learning"],
        ["Crowsnest.Functions"] = ["Crowsnest.Azure"],
        ["Crowsnest.LocalHost"] = ["Crowsnest.Azure", "Crowsnest.Functions"],
        ["Crowsnest.Cli"] = ["Crowsnest.Azure"],
    };

    public static TheoryData<string> Projects => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_References_PointDownwards(string project)
    {
        XDocument file = XDocument.Load(Path.Combine(RepositoryFiles.Root, "functions", project, project + ".csproj"));

        IEnumerable<string> references = file.Descendants("ProjectReference")
            .Select(static reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

        Assert.Empty(references.Except(Allowed[project]));
    }

    [Fact]
    public void LocalHost_UsesTheFunctionApp_OnlyAsAProcess()
    {
        XDocument file = XDocument.Load(
            Path.Combine(RepositoryFiles.Root, "functions", "Crowsnest.LocalHost", "Crowsnest.LocalHost.csproj"));

        XElement reference = file.Descendants("ProjectReference")
            .Single(static r => r.Attribute("Include")!.Value.Contains("Crowsnest.Functions", StringComparison.Ordinal));

        Assert.Equal("false", reference.Attribute("ReferenceOutputAssembly")?.Value);
    }

    [Fact]
    public async Task Packages_OfThePublish_AreThoseOfTheBuild()
    {
        string folder = Path.Combine(RepositoryFiles.Root, "functions", "Crowsnest.Functions");

        Assert.Equal(await PackagesAsync("packages.lock.json"), await PackagesAsync("packages.linux-x64.lock.json"));

        async Task<string> PackagesAsync(string file)
        {
            string text = await File.ReadAllTextAsync(Path.Combine(folder, file), TestContext.Current.CancellationToken);
            return JsonNode.Parse(text)!["dependencies"]!["net10.0"]!.ToJsonString();
        }
    }

    [Theory]
    [InlineData(
        "Crowsnest.Core",
        new[] { "System.", "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options", "YamlDotNet" })]
    [InlineData("Crowsnest.Learning", new[] { "System.", "Microsoft.ML", "Crowsnest.Core" })]
    public void Assembly_References_AreTheFewThatItMayHave(string assembly, string[] allowed)
    {
        IEnumerable<string> references = Assembly.Load(assembly).GetReferencedAssemblies().Select(static name => name.Name!);

        Assert.All(references, name => Assert.Contains(allowed, prefix => name.StartsWith(prefix, StringComparison.Ordinal)));
    }
}
