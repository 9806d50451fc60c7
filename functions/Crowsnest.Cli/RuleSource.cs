using Crowsnest.Azure.Files;
using Crowsnest.Core.Rules;

namespace Crowsnest.Cli;

/// <summary>Gets rules from the folder that ships beside the program, or from one that the user names.</summary>
internal static class RuleSource
{
    internal static string Shipped { get; } = Path.Combine(AppContext.BaseDirectory, "rules");

    /// <summary>The files of a folder, and with a user's own the lists and aliases that ship.</summary>
    /// <exception cref="UsageException">There is no such folder.</exception>
    internal static IReadOnlyList<(string Name, string Yaml)> Read(DirectoryInfo? folder)
    {
        if (folder is null || Path.GetFullPath(folder.FullName) == Path.GetFullPath(Shipped))
        {
            return RuleFiles.Read(Shipped);
        }

        return folder.Exists
            ? [.. RuleFiles.ReadVocabulary(Shipped), .. RuleFiles.Read(folder.FullName)]
            : throw new UsageException($"there is no rules folder {folder.FullName}");
    }

    /// <summary>Loads rules and says which could not be.</summary>
    internal static RuleSet Load(DirectoryInfo? folder)
    {
        RuleSet rules = RuleSet.Load(Read(folder));
        foreach (RuleError error in rules.Errors)
        {
            Terminal.Say($"rule left out: {error.File}({error.Line}): {error.Message}");
        }

        int off = rules.Rules.Count(static rule => rule.IsOff);
        string note = off > 0 ? $", {off} of them off until their lists are filled" : "";
        Terminal.Say($"{rules.Rules.Count} rules and {rules.Correlations.Count} correlations from {folder?.FullName ?? Shipped}{note}");
        return rules;
    }
}
