namespace Crowsnest.Core.Rules;

/// <summary>Reads ATT&amp;CK tactics and techniques out of Sigma tags.</summary>
internal static class AttackTags
{
    private const string Prefix = "attack.";

    internal static string? Tactic(string tag)
    {
        string name = Name(tag).Replace('_', '-');

        // ATT&CK v19 splits Defense Evasion into these two.
        name = name is "stealth" or "defense-impairment" ? "defense-evasion" : name;
        return AttackCatalogue.AllTactics.Contains(name) ? name : null;
    }

    internal static string? Technique(string tag)
    {
        string name = Name(tag);
        return name.Length >= 5 && name[0] == 't' && char.IsAsciiDigit(name[1]) ? name.ToUpperInvariant() : null;
    }

    private static string Name(string tag) =>
        tag.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? tag[Prefix.Length..].ToLowerInvariant() : "";
}
