using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Crowsnest.Core.Rules;

/// <summary>
/// Reads one Sigma correlation (specification 2.1). Extensions are the types <c>first_seen</c> and <c>absent</c>, and
/// <c>times-usual</c> under the custom attribute <c>crowsnest</c>.
/// </summary>
internal static class CorrelationParser
{
    private static readonly string[] Operators = ["gt", "gte", "lt", "lte", "eq", "neq"];

    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    internal static bool Is(YamlMappingNode root) => root.Child("correlation") is not null;

    /// <summary>Reads a correlation.</summary>
    /// <param name="root">The document.</param>
    /// <param name="file">Its file.</param>
    /// <param name="vocabulary">Names that fields may have.</param>
    /// <param name="resolve">Gives the id of a rule or correlation by id or name, or null.</param>
    /// <exception cref="RuleException">It can't be used; the message says why and what would be right.</exception>
    internal static CorrelationRule Parse(
        YamlMappingNode root, string file, RuleVocabulary vocabulary, Func<string, string?> resolve)
    {
        YamlMappingNode correlation = root.Map("correlation") ?? throw new RuleException("'correlation' is not a mapping");
        CorrelationType type = TypeOf(correlation);
        YamlMappingNode own = root.Map("crowsnest") ?? new YamlMappingNode();
        List<string> references = correlation.Texts("rules");
        List<string> rules =
        [
            .. references.Select(reference => resolve(reference) ?? throw new RuleException(
                $"no rule or correlation has the id or name '{reference}'", correlation.Start.Line)),
        ];
        List<string> groupBy = correlation.Texts("group-by");
        (CountCondition condition, string counted) = Condition(correlation, type, vocabulary);
        RuleLinter linter = new(file);
        CorrelationRule rule = new()
        {
            Reference = SigmaRuleParser.Reference(root, linter),
            Name = root.Text("name"),
            Description = root.Text("description"),
            Type = type,
            Rules = rules,
            GroupBy = groupBy,
            Timespan = Timespan(correlation),
            Condition = condition,
            CountedField = counted,
            Generate = correlation.Text("generate") == "true",
            TimesUsual = own.Text("times-usual") is { Length: > 0 } times ? Number(times, own) : 0,
            Rows = [.. own.Texts("rows").Select(static row => int.Parse(row, CultureInfo.InvariantCulture))],
            Severity = SigmaRuleParser.Level(root.Text("level"), linter),
            Tactics = [.. root.Texts("tags").Select(AttackTags.Tactic).OfType<string>().Distinct()],
            Techniques = [.. root.Texts("tags").Select(AttackTags.Technique).OfType<string>().Distinct()],
            FalsePositives = root.Texts("falsepositives"),
            File = file,
            FieldsOfRule = Fields(
                correlation, references, rules, type == CorrelationType.FirstSeen ? [.. groupBy, counted] : groupBy, vocabulary),
        };
        CheckRules(rule, correlation);
        return rule;
    }

    private static void CheckRules(CorrelationRule rule, YamlMappingNode correlation)
    {
        (int fewest, int most) = rule.Type switch
        {
            CorrelationType.Temporal or CorrelationType.TemporalOrdered => (2, int.MaxValue),
            CorrelationType.Absent => (2, 2),
            _ => (1, int.MaxValue),
        };
        if (rule.Rules.Count < fewest || rule.Rules.Count > most)
        {
            throw new RuleException(
                $"a correlation of this type names {(fewest == most ? $"{fewest}" : $"at least {fewest}")} rules under 'rules'",
                correlation.Start.Line);
        }
    }

    private static CorrelationType TypeOf(YamlMappingNode correlation) => correlation.Text("type") switch
    {
        "event_count" => CorrelationType.EventCount,
        "value_count" => CorrelationType.ValueCount,
        "temporal" => CorrelationType.Temporal,
        "temporal_ordered" => CorrelationType.TemporalOrdered,
        "first_seen" => CorrelationType.FirstSeen,
        "absent" => CorrelationType.Absent,
        string other => throw new RuleException(
            $"the correlation type '{other}' is not one of event_count, value_count, temporal, temporal_ordered, first_seen, absent",
            correlation.Start.Line),
    };

    private static (CountCondition Condition, string Field) Condition(
        YamlMappingNode correlation, CorrelationType type, RuleVocabulary vocabulary)
    {
        YamlMappingNode? map = correlation.Map("condition");
        bool counts = type is CorrelationType.EventCount or CorrelationType.ValueCount;
        bool hasField = type is CorrelationType.ValueCount or CorrelationType.FirstSeen;
        if (counts && map is null)
        {
            throw new RuleException("a correlation that counts has a 'condition' such as {gte: 10}", correlation.Start.Line);
        }

        List<(string, double)> bounds = [];
        string field = "";
        foreach ((YamlNode key, YamlNode value) in (map ?? new YamlMappingNode()).Children)
        {
            string name = key.Scalar();
            if (name == "field" && hasField)
            {
                field = Known(value.Scalar(), vocabulary, value.Start.Line);
            }
            else if (counts && Operators.Contains(name))
            {
                bounds.Add((name, Number(value.Scalar(), value)));
            }
            else
            {
                throw new RuleException($"'{name}' has no place in the condition of this type of correlation", key.Start.Line);
            }
        }

        if (counts && bounds.Count == 0)
        {
            throw new RuleException($"the condition needs one of {string.Join(", ", Operators)}", correlation.Start.Line);
        }

        return hasField && field.Length == 0
            ? throw new RuleException("the condition needs a 'field', whose values are looked at", correlation.Start.Line)
            : (new CountCondition(bounds), field);
    }

    /// <summary>Reads a time span such as <c>10m</c>; null when it is none.</summary>
    internal static TimeSpan? Span(string text) =>
        text.Length > 1 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? text[^1] switch
            {
                's' => TimeSpan.FromSeconds(number),
                'm' => TimeSpan.FromMinutes(number),
                'h' => TimeSpan.FromHours(number),
                'd' => TimeSpan.FromDays(number),
                _ => null,
            }
            : null;

    private static TimeSpan Timespan(YamlMappingNode correlation)
    {
        string text = correlation.Text("timespan");
        return Span(text) is not { } span
            ? throw new RuleException($"the timespan '{text}' is not a number with s, m, h or d, such as 10m", correlation.Start.Line)
            : span <= TimeSpan.Zero || span > Longest
                ? throw new RuleException("the timespan is not between 1s and 1d, the longest that is looked back", correlation.Start.Line)
                : span;
    }

    // An alias is a name for another field of each rule.
    private static Dictionary<string, IReadOnlyList<string>> Fields(
        YamlMappingNode correlation,
        List<string> references,
        List<string> rules,
        IReadOnlyList<string> groupBy,
        RuleVocabulary vocabulary)
    {
        YamlMappingNode aliases = correlation.Map("aliases") ?? new YamlMappingNode();
        Dictionary<string, IReadOnlyList<string>> fields = new(StringComparer.Ordinal);
        for (int i = 0; i < rules.Count; i++)
        {
            fields[rules[i]] =
            [
                .. groupBy.Select(name => aliases.Map(name) is { } alias
                    ? alias.Text(references[i]) is { Length: > 0 } field
                        ? Known(field, vocabulary, alias.Start.Line)
                        : throw new RuleException(
                            $"the alias '{name}' does not say which field of '{references[i]}' it means", alias.Start.Line)
                    : Known(name, vocabulary, correlation.Start.Line)),
            ];
        }

        return fields;
    }

    private static string Known(string name, RuleVocabulary vocabulary, long line)
    {
        string field = FieldCatalogue.Find(name) is not null ? name : vocabulary.Field(name) ?? "";
        return field.Length > 0 ? field : throw new RuleException(
            $"the audit schema has no field '{name}'; did you mean '{FieldCatalogue.Nearest(name)}'?", line);
    }

    private static double Number(string text, YamlNode node) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number : throw new RuleException($"'{text}' is not a number", node.Start.Line);
}
