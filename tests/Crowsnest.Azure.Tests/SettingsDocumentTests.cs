using System.Text.RegularExpressions;
using Crowsnest.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Crowsnest.Azure.Tests;

/// <summary>Settings are one thing in the code, in the document and in the deployment.</summary>
public sealed partial class SettingsDocumentTests
{
    private static readonly string Document = Path.Combine(RepositoryFiles.Root, "docs", "settings.md");

    [Fact]
    public async Task Document_IsWhatTheOptionsSay()
    {
        string made = SettingsDocument.Write(await DeployedAsync());
        string received = Path.ChangeExtension(Document, ".received.txt");

        if (await File.ReadAllTextAsync(Document, TestContext.Current.CancellationToken) != made)
        {
            await File.WriteAllTextAsync(received, made, TestContext.Current.CancellationToken);
            Assert.Fail($"docs/settings.md is not what the options say; if {received} is right, it takes its place");
        }

        File.Delete(received);
    }

    [Fact]
    public async Task Deployment_EverySetting_IsReadByCode()
    {
        IReadOnlySet<string> deployed = await DeployedAsync();

        Assert.True(deployed.Count > 20, "the deployment's settings are not found any more");
        Assert.Empty(deployed.Except(Known()));
    }

    [Fact]
    public async Task Code_EverySettingWithoutADefault_IsDeployed()
    {
        IReadOnlySet<string> deployed = await DeployedAsync();

        Assert.Empty(SettingsDocument.OfThePlatform.Where(static one => one.IsNeeded).Select(static one => one.Name).Except(deployed));

        // What the options classes hold has defaults that are right.
        new ServiceCollection().AddCrowsnest(new ConfigurationBuilder().Build());
    }

    [Fact]
    public void Code_SettingsReadByName_AreKnown()
    {
        string[] sources =
        [
            .. new[] { "Crowsnest.Azure", "Crowsnest.Functions" }.SelectMany(static project => Directory.EnumerateFiles(
                    Path.Combine(RepositoryFiles.Root, "functions", project), "*.cs", SearchOption.AllDirectories))
                .Where(static file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
                .Select(static file => File.ReadAllText(file)),
        ];
        string[] read =
        [
            .. sources.SelectMany(static text => Placeholder().Matches(text).Select(static match => match.Groups[1].Value)
                .Concat(ReadByName().Matches(text).Select(match => Constant(text, match.Groups[1].Value)))).Distinct(),
        ];

        Assert.True(read.Length >= 5, $"only {string.Join(", ", read)}");
        Assert.Empty(read.Except(Known()));
    }

    private static IEnumerable<string> Known() => SettingsDocument.OfThePlatform.Select(static one => one.Name)
        .Concat(SettingsDocument.Sections().SelectMany(static section => SettingsDocument.SettingsOf(section.Path, section.Defaults))
            .Select(static one => one.Name));

    // The names on the left of a colon, in the settings of the app and the mail. Numbers in lists stand for N.
    private static async Task<IReadOnlySet<string>> DeployedAsync()
    {
        string bicep = await File.ReadAllTextAsync(
            Path.Combine(RepositoryFiles.Root, "infra-bicep", "resources.bicep"), TestContext.Current.CancellationToken);
        return Set().Matches(bicep).Select(static match => match.Groups[1].Value.Replace("${i}", "N", StringComparison.Ordinal))
            .ToHashSet(StringComparer.Ordinal);
    }

    // configuration[Name] reads what the constant Name says; "NAME" says it itself.
    private static string Constant(string text, string name) => name.StartsWith('"') ? name.Trim('"')
        : Regex.Match(text, $@"const string {name} = ""([^""]+)""").Groups[1].Value;

    [GeneratedRegex(@"(?<![\w'])'?((?:Crowsnest|AzureWebJobsStorage|Archive|AuditHub)__[\w${}]+|AUDIT_\w+|APPLICATIONINSIGHTS_\w+)'?(?::|,\n)")]
    private static partial Regex Set();

    [GeneratedRegex("\"%([A-Z_]+)%\"")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\b[Cc]onfiguration\[(""\w+""|[A-Z]\w+)\]")]
    private static partial Regex ReadByName();
}
