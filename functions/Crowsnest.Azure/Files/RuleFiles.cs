using Crowsnest.Core.Rules;

namespace Crowsnest.Azure.Files;

/// <summary>Loads rules from a folder.</summary>
public static class RuleFiles
{
    /// <summary>Loads every <c>.yml</c> and <c>.yaml</c> below the folder.</summary>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    public static RuleSet Load(string folder) => RuleSet.Load(
        Directory.EnumerateFiles(folder, "*.y*ml", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(path => (Path.GetRelativePath(folder, path), File.ReadAllText(path))));
}
