namespace Crowsnest.Testing;

/// <summary>Finds files of the repository from wherever the tests run.</summary>
public static class RepositoryFiles
{
    public static string Root { get; } = FindRoot();

    public static string Sample => Path.Combine(Root, "samples", "attack-day.jsonl.gz");

    public static string Rules => Path.Combine(Root, "functions", "rules");

    /// <summary>The rules that ship, with their lists and aliases: names and contents.</summary>
    public static IReadOnlyList<(string Name, string Yaml)> RuleFiles { get; } =
    [
        .. Directory.EnumerateFiles(Rules, "*.yml").Order(StringComparer.Ordinal)
            .Select(static path => (Path.GetFileName(path), File.ReadAllText(path))),
    ];

    public static string Model => Path.Combine(Root, "ml-models", "fleet.model");

    public static string Fixture(string name) => Path.Combine(Root, "tests", "fixtures", name);

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Serverless.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("the tests run outside the repository");
    }
}
