using Crowsnest.Testing;

namespace Crowsnest.Infrastructure.Tests.Floors;

/// <summary>Core and Azure are built in floors: functions/floors.txt is the map, and the source keeps to it.</summary>
public sealed class FloorTests
{
    private static readonly string[] Plan = ["Crowsnest.Core", "  = Pipeline.cs", "  Top", "  Left | Right   # neighbours", "  Ground"];

    public static TheoryData<string> Projects => [.. Maps().Select(static map => map.Project)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_OfTheProject_UseOnlyThoseBelow(string project)
    {
        IReadOnlyList<string> found = MapOf(project).Violations(Sources(project));

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Map_OfTheProject_NamesNoFolderThatIsGone(string project) =>
        Assert.Empty(MapOf(project).Folders.Except(Sources(project).Select(static file => file.Path.Split('/')[0])));

    [Theory]
    [InlineData("Left/A.cs", "using Crowsnest.Core.Ground;", true)]
    [InlineData("Left/A.cs", "using Crowsnest.Core.Left;", true)]
    [InlineData("Left/A.cs", "using Crowsnest.Core.Top;", false)]
    [InlineData("Left/A.cs", "using Crowsnest.Core.Right;", false)]
    [InlineData("Left/A.cs", "using static Crowsnest.Core.Right.R;", false)]
    [InlineData("Left/A.cs", "using R = Crowsnest.Core.Right.R;", false)]
    [InlineData("Left/A.cs", "Crowsnest.Core.Top.T t = new();", false)]
    [InlineData("Left/A.cs", "Right.R r = new();", false)]
    [InlineData("Left/A.cs", "int n = rule.Right.R;", true)]
    [InlineData("Left/A.cs", "new Pipeline().Run();", false)]
    [InlineData("Pipeline.cs", "using Crowsnest.Core.Top;", true)]
    [InlineData("Options.cs", "using Crowsnest.Core.Ground;", false)]
    [InlineData("Elsewhere/A.cs", "", false)]
    public void Map_PlantedUse_IsFoundWhenItGoesUpOrBeside(string path, string text, bool isRight)
    {
        IReadOnlyList<string> found = Assert.Single(FloorMap.Parse(Plan)).Violations([("Right/R.cs", ""), ("Top/T.cs", ""), (path, text)]);

        Assert.Equal(isRight, found.Count == 0);
    }

    [Fact]
    public void Map_DeclaredNeighbour_MayBeUsed() => Assert.Empty(
        Assert.Single(FloorMap.Parse([.. Plan, "  Left -> Right"])).Violations([("Left/A.cs", "using Crowsnest.Core.Right;")]));

    private static IReadOnlyList<FloorMap> Maps() =>
        FloorMap.Parse(File.ReadLines(Path.Combine(RepositoryFiles.Root, "functions", "floors.txt")));

    private static FloorMap MapOf(string project) => Maps().Single(map => map.Project == project);

    private static List<(string Path, string Text)> Sources(string project)
    {
        string folder = Path.Combine(RepositoryFiles.Root, "functions", project);
        return [.. Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(file => (Path.GetRelativePath(folder, file).Replace('\\', '/'), File.ReadAllText(file)))
            .Where(static file => !file.Item1.StartsWith("obj/", StringComparison.Ordinal)
                && !file.Item1.StartsWith("bin/", StringComparison.Ordinal))];
    }
}
