using System.Collections.Frozen;

namespace Crowsnest.Core.Rules;

/// <summary>Reads ATT&amp;CK tactics and techniques out of Sigma tags.</summary>
internal static class AttackTags
{
    private const string Prefix = "attack.";

    // The fourteen enterprise tactics, and the two names under which ATT&CK v19 splits Defense Evasion.
    private static readonly FrozenSet<string> Tactics = FrozenSet.ToFrozenSet(
        ["reconnaissance", "resource-development", "initial-access", "execution", "persistence", "privilege-escalation",
            "defense-evasion", "credential-access", "discovery", "lateral-movement", "collection",
            "command-and-control", "exfiltration", "impact", "stealth", "defense-impairment"]);

    internal static string? Tactic(string tag)
    {
        string name = Name(tag).Replace('_', '-');
        return Tactics.Contains(name) ? name is "stealth" or "defense-impairment" ? "defense-evasion" : name : null;
    }

    internal static string? Technique(string tag)
    {
        string name = Name(tag);
        return name.Length >= 5 && name[0] == 't' && char.IsAsciiDigit(name[1]) ? name.ToUpperInvariant() : null;
    }

    private static string Name(string tag) =>
        tag.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? tag[Prefix.Length..].ToLowerInvariant() : "";
}
