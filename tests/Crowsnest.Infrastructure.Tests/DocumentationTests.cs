using System.Text.RegularExpressions;
using Crowsnest.Testing;

namespace Crowsnest.Infrastructure.Tests;

/// <summary>What the documents name is there.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string[] Ignored = ["bin", "obj", ".git", ".local", "node_modules"];

    [Fact]
    public void Links_ToFilesOfTheRepository_LeadSomewhere()
    {
        string[] broken = [.. Files("*.md").SelectMany(static file => Link().Matches(File.ReadAllText(file))
            .Select(static match => match.Groups[1].Value).Where(static link => !link.Contains(':', StringComparison.Ordinal))
            .Where(link => link.Length > 0 && !Path.Exists(Path.Combine(Path.GetDirectoryName(file)!, link)))
            .Select(link => $"{Path.GetRelativePath(RepositoryFiles.Root, file)} -> {link}"))];

        Assert.True(broken.Length == 0, string.Join('\n', broken));
    }

    [Theory]
    [InlineData("architecture.md", 30)]
    [InlineData("security.md", 20)]
    public void Document_FilesAndTestsItNames_AreThere(string document, int atLeast)
    {
        string text = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs", document));
        HashSet<string> sources = [.. Files("*.cs").Select(static file => Path.GetFileNameWithoutExtension(file))];

        string[] named = [.. Source().Matches(text).Select(static match => match.Groups[1].Value).Distinct()];

        Assert.True(named.Length > atLeast, "the document names no files any more");
        Assert.Empty(named.Except(sources));
    }

    private static IEnumerable<string> Files(string pattern) =>
        Directory.EnumerateFiles(RepositoryFiles.Root, pattern, SearchOption.AllDirectories)
            .Where(static file => !Path.GetRelativePath(RepositoryFiles.Root, file).Split(Path.DirectorySeparatorChar).Intersect(Ignored).Any());

    [GeneratedRegex(@"\]\(([^)#\s]*)[^)]*\)")]
    private static partial Regex Link();

    // Names of files, and of test classes.
    [GeneratedRegex(@"\b(?:[\w.]+/)*(\w+)(?:\.cs\b|(?<=Tests)`)")]
    private static partial Regex Source();
}
