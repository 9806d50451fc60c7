namespace Crowsnest.Azure.Files;

/// <summary>Reads rules, lists, aliases and filters from folders.</summary>
public static class RuleFiles
{
    // What rules are written with, as opposed to rules: it belongs to a user's own rules as well.
    private static readonly string[] Vocabulary = ["aliases.yml", "lists.yml"];

    /// <summary>Reads every <c>.yml</c> and <c>.yaml</c> below the folder, in the order of their names.</summary>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    public static IReadOnlyList<(string Name, string Yaml)> Read(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*.y*ml", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => (Path.GetRelativePath(folder, path), File.ReadAllText(path))),
    ];

    /// <summary>The lists and aliases that ship.</summary>
    public static IReadOnlyList<(string Name, string Yaml)> ReadVocabulary(string shipped) =>
        [.. Read(shipped).Where(static file => Vocabulary.Contains(file.Name))];
}
