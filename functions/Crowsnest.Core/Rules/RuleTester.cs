using System.Text;
using System.Text.Json;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>
/// Runs a rule against the events that are kept beside it: one JSON object a line with <c>fires</c>, <c>why</c>,
/// <c>event</c>, <c>level</c> where who did it lowers it, and <c>lists</c> where the rule needs values in a named list.
/// </summary>
/// <param name="files">All rule files: a rule is tried together with the lists, aliases and filters that belong to it.</param>
public sealed class RuleTester(IReadOnlyList<(string Name, string Yaml)> files)
{
    /// <summary>Every rule comes with this many events that fire, and as many near misses.</summary>
    public const int FewestEvents = 2;

    private readonly Dictionary<string, RuleSet> _sets = new(StringComparer.Ordinal);
    private readonly AuditEventParser _parser = new();

    /// <summary>Tries one rule.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="lines">Lines of its test file.</param>
    /// <returns>What is wrong, one line each; nothing when all is well.</returns>
    public IReadOnlyList<string> Run(string id, IEnumerable<string> lines) => TestLines.Run(
        lines,
        "events",
        (FewestEvents, FewestEvents),
        test => Fires(With(test.Member("lists")), id, test.GetProperty("event"), test.Text("level")));

    private bool Fires(RuleSet rules, string id, JsonElement json, string level)
    {
        AuditParseStatus status = _parser.Parse(
            Encoding.UTF8.GetBytes(json.GetRawText()), "test", DateTimeOffset.UnixEpoch, out AuditEvent? audit);
        if (status != AuditParseStatus.Parsed)
        {
            throw new InvalidOperationException("the event is no audit event");
        }

        using EventView view = new(audit!);
        List<SigmaRule> matches = [];
        rules.Match(view, matches);
        return matches.Exists(rule => rule.Reference.Id == id
            && (level.Length == 0 || SigmaRuleParser.Level(level) == rule.SeverityOf(audit!.PrincipalClass)));
    }

    private RuleSet With(JsonElement lists)
    {
        string key = lists.ValueKind == JsonValueKind.Object ? lists.GetRawText() : "";
        if (!_sets.TryGetValue(key, out RuleSet? rules))
        {
            // JSON is YAML.
            rules = RuleSet.Load(key.Length == 0 ? files : [.. files, ("test lists", $"{{\"lists\":{key}}}")]);
            _sets.Add(key, rules);
        }

        return rules;
    }
}
