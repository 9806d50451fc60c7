using System.Globalization;
using Crowsnest.Core.Detections;
using YamlDotNet.RepresentationModel;

namespace Crowsnest.Core.Rules;

/// <summary>
/// Reads one Sigma rule (specification 2.1, logsource product kubernetes, service audit). What Sigma has no place for stands
/// under the custom attribute <c>crowsnest</c>.
/// </summary>
internal static class SigmaRuleParser
{
    /// <summary>Reads a rule.</summary>
    /// <exception cref="RuleException">The rule can't be used; the message says why and what would be right.</exception>
    internal static SigmaRule Parse(YamlMappingNode root, string file, RuleVocabulary vocabulary)
    {
        CheckLogSource(root);
        YamlMappingNode detection = root.Map("detection") ?? throw new RuleException("the rule has no 'detection'");
        RuleLinter linter = new(file);
        SelectionParser selections = new(vocabulary, linter);
        Matcher matcher = selections.Parse(detection);
        linter.Check(matcher);
        List<string> tags = root.Texts("tags");
        YamlMappingNode own = root.Map("crowsnest") ?? new YamlMappingNode();
        List<string> requires = own.Texts("requires");
        return new SigmaRule(Reference(root, linter), matcher)
        {
            Name = root.Text("name"),
            Description = root.Text("description"),
            Severity = Level(root.Text("level"), linter),
            OfPlatform = own.Text("platform") is { Length: > 0 } platform ? Level(platform) : null,
            OfControlPlane = own.Text("control-plane") is { Length: > 0 } controlPlane ? Level(controlPlane) : null,
            Tactics = [.. tags.Select(AttackTags.Tactic).OfType<string>().Distinct()],
            Techniques = [.. tags.Select(AttackTags.Technique).OfType<string>().Distinct()],
            FalsePositives = root.Texts("falsepositives"),
            ThreatMatrix = own.Texts("threat-matrix"),
            Categories = own.Texts("categories"),
            Degraded = own.Text("degraded"),
            Rows = [.. own.Texts("rows").Select(static row => int.Parse(row, CultureInfo.InvariantCulture))],
            Requires = requires,
            IsOff = requires.Exists(list => vocabulary.List(list).Count == 0),
            ReadsBody = selections.Fields.Any(static name => FieldCatalogue.Find(name)!.IsBody),
            Fields = [.. selections.Fields],
            Notes = linter.Notes,
            File = file,
        };
    }

    /// <summary>What names a rule or correlation in detections.</summary>
    internal static RuleReference Reference(YamlMappingNode root, RuleLinter linter) => new(
        Id(root, linter),
        root.Text("title"),
        root.Text("modified") is { Length: > 0 } modified ? modified : root.Text("date"));

    /// <summary>The level, medium when there is none.</summary>
    internal static Severity Level(string level, RuleLinter linter)
    {
        if (level.Length > 0)
        {
            return Level(level);
        }

        linter.Advise(1, "a rule without a 'level' is taken for medium");
        return Severity.Medium;
    }

    private static void CheckLogSource(YamlMappingNode root)
    {
        YamlMappingNode? source = root.Map("logsource");
        if (source is null || source.Text("product") != "kubernetes" || source.Text("service") is not ("audit" or ""))
        {
            throw new RuleException("the rule is not for Kubernetes audit logs (logsource product kubernetes, service audit)");
        }
    }

    // Sigma leaves both to the author. An id that is missing follows from the title, so that detections keep theirs.
    private static string Id(YamlMappingNode root, RuleLinter linter)
    {
        string id = root.Text("id");
        if (id.Length == 0 && root.Text("title") is { Length: > 0 } title)
        {
            linter.Advise(1, "a rule without an 'id' gets another one when its title changes; give it a UUID");
            return new Guid(Convert.FromHexString(ContentId.Of("rule", title)[..24] + "00000000")).ToString();
        }

        return Guid.TryParse(id, out _) ? id : throw new RuleException("the rule needs an 'id', a UUID, or at least a title");
    }

    internal static Severity Level(string level) => level switch
    {
        "informational" => Severity.Informational,
        "low" => Severity.Low,
        "medium" => Severity.Medium,
        "high" => Severity.High,
        "critical" => Severity.Critical,
        _ => throw new RuleException($"the level '{level}' is not one of informational, low, medium, high, critical"),
    };
}
