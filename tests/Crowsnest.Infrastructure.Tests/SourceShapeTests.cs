using Crowsnest.Testing;

namespace Crowsnest.Infrastructure.Tests;

/// <summary>Source fits a screen: lines that need no scrolling, and files about one thing.</summary>
public sealed class SourceShapeTests
{
    private const int LongestLine = 140;
    private const int MostLines = 250;

    // What a file that is longer for a reason says, anywhere in it.
    private const string Reason = "// One file: ";

    private static readonly string[] Built = ["bin", "obj"];

    [Fact]
    public void Lines_UnderFunctions_AreNotTooLong()
    {
        string[] found =
        [
            .. Sources("functions").SelectMany(static file => File.ReadLines(file)
                .Select((line, i) => (Place: $"{Name(file)}:{i + 1}", line.Length))
                .Where(static line => line.Length > LongestLine)
                .Select(static line => $"{line.Place} has {line.Length} characters")),
        ];

        Assert.True(found.Length == 0, string.Join('\n', found));
    }

    [Theory]
    [InlineData("functions")]
    [InlineData("tests")]
    public void Files_AreShortOrSayWhyNot(string folder)
    {
        string[] found =
        [
            .. Sources(folder).Select(static file => (File: file, Lines: File.ReadAllLines(file)))
                .Where(static source => source.Lines.Length > MostLines && !source.Lines.Any(SaysWhy))
                .Select(static source => $"{Name(source.File)}:{MostLines + 1} of {source.Lines.Length} lines"),
        ];

        Assert.True(found.Length == 0, string.Join('\n', found));
    }

    [Theory]
    [InlineData("    // One file: a struct that is passed by reference.", true)]
    [InlineData("    // One file:", false)]
    [InlineData("    // One file:  ", false)]
    [InlineData("    Say(\"// One file: \");", false)]
    public void SaysWhy_OnlyACommentWithAReason(string line, bool expected) => Assert.Equal(expected, SaysWhy(line));

    private static bool SaysWhy(string line) => line.Trim() is var text
        && text.StartsWith(Reason, StringComparison.Ordinal) && text.Length > Reason.Length;

    private static IEnumerable<string> Sources(string folder)
    {
        string[] files = Directory.GetFiles(Path.Combine(RepositoryFiles.Root, folder), "*.cs", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        return files.Where(static file => !Name(file).Split('/').Intersect(Built).Any()).Order(StringComparer.Ordinal);
    }

    private static string Name(string file) => Path.GetRelativePath(RepositoryFiles.Root, file).Replace('\\', '/');
}
