using System.Collections.Frozen;
using YamlDotNet.RepresentationModel;

namespace Crowsnest.Core.Rules;

/// <summary>Compiles the selections of one rule or filter, and notes what a linter has to say about them.</summary>
internal sealed class SelectionParser(RuleVocabulary vocabulary, RuleLinter linter)
{
    private static readonly FrozenSet<string> KnownModifiers = FrozenSet.ToFrozenSet(
    [
        "contains", "startswith", "endswith", "all", "re", "i", "m", "s", "cidr", "exists", "cased", "fieldref", "neq",
        "gt", "gte", "lt", "lte", "base64", "base64offset", "wide", "utf16", "utf16le", "utf16be", "windash", "expand",
    ]);

    /// <summary>Names of the fields that are asked for.</summary>
    internal HashSet<string> Fields { get; } = new(StringComparer.Ordinal);

    /// <summary>Compiles everything under <c>detection</c> or <c>filter</c> but the condition, which is combined of it.</summary>
    internal Matcher Parse(YamlMappingNode detection, params string[] otherKeys)
    {
        Dictionary<string, Matcher> identifiers = new(StringComparer.Ordinal);
        string condition = "";
        foreach ((YamlNode key, YamlNode value) in detection.Children)
        {
            string name = key.Scalar();
            if (name == "condition")
            {
                condition = value is YamlSequenceNode several
                    ? string.Join(" or ", several.Children.Select(static one => $"({one.Scalar()})"))
                    : value.Scalar();
            }
            else if (name != "timeframe" && !otherKeys.Contains(name))
            {
                identifiers.Add(name, Selection(value));
            }
        }

        return ConditionParser.Parse(condition, identifiers);
    }

    private Matcher Selection(YamlNode node) => node switch
    {
        YamlMappingNode map => new AllMatcher([.. map.Children.Select(pair => FieldTest(pair.Key, pair.Value))]),
        YamlSequenceNode list when list.Children.All(static item => item is YamlScalarNode) => Keywords(list, []),
        YamlSequenceNode list => new AnyMatcher([.. list.Children.Select(Selection)]),
        _ => Keywords(node, []),
    };

    private KeywordMatcher Keywords(YamlNode node, string[] modifiers) =>
        new(ValueTest.Compile(Expand(Values(node).Select(SigmaYaml.Scalar), modifiers), [.. modifiers, "contains"]));

    private Matcher FieldTest(YamlNode key, YamlNode value)
    {
        try
        {
            string[] parts = key.Scalar().Split('|');
            string[] modifiers = parts[1..];
            foreach (string modifier in modifiers)
            {
                if (!KnownModifiers.Contains(modifier))
                {
                    throw new RuleException(
                        $"the modifier '{modifier}' is not known; there are {string.Join(", ", KnownModifiers.Order())}");
                }
            }

            return parts[0].Length == 0 ? Keywords(value, modifiers) : FieldTest(parts[0], modifiers, value, key.Start.Line);
        }
        catch (RuleException fault) when (fault.Line == 0)
        {
            throw new RuleException(fault.Message, key.Start.Line);
        }
    }

    private Matcher FieldTest(string name, string[] modifiers, YamlNode value, long line)
    {
        (name, Field field) = Resolve(name, line);
        if (modifiers.Contains("exists"))
        {
            return new PresenceMatcher(name, field, value.Scalar() is "true" or "True" or "yes");
        }

        List<YamlNode> values = Values(value);
        bool negate = modifiers.Contains("neq");
        if (negate && values.TrueForAll(SigmaYaml.IsNull))
        {
            return new PresenceMatcher(name, field, present: true);
        }

        if (modifiers.Contains("fieldref"))
        {
            return new AnyMatcher(
                [.. values.Select(other => new FieldReferenceMatcher(field, Resolve(other.Scalar(), line).Field, modifiers))]);
        }

        List<string> texts = Expand(values.Where(static node => !node.IsNull()).Select(SigmaYaml.Scalar), modifiers);
        linter.Check(name, texts, modifiers, line);
        List<Matcher> alternatives = [.. texts.Select(text => Meant(name, text, modifiers, line)).OfType<Matcher>()];
        texts.RemoveAll(text => modifiers.Length == 0 && vocabulary.Value(name, text) is not null);
        bool plain = modifiers.Length == 0 && !texts.Exists(Glob.HasWildcard);
        if (texts.Count > 0 || alternatives.Count == 0)
        {
            alternatives.Insert(0, new FieldMatcher(
                name,
                field,
                texts.Count == 0 ? [] : ValueTest.Compile(texts, modifiers),
                negate,
                plain && texts.Count > 0 ? texts.Select(static text => Glob.Literal(text).ToLowerInvariant()).ToFrozenSet() : null));
        }

        // An empty text, like null, stands for a field that is not there.
        if ((!negate && values.Exists(SigmaYaml.IsNull)) || (modifiers.Length == 0 && texts.Contains("")))
        {
            PresenceMatcher nothing = new(name, field, present: false);
            alternatives = texts.TrueForAll(static text => text.Length == 0) ? [nothing] : [.. alternatives, nothing];
        }

        return alternatives.Count == 1 ? alternatives[0] : new AnyMatcher(alternatives);
    }

    // A value that stands for another field's, as "responseStatus.code: ALLOW" does for the decision.
    private FieldMatcher? Meant(string name, string text, string[] modifiers, long line)
    {
        if (modifiers.Length > 0 || vocabulary.Value(name, text) is not { } meant)
        {
            return null;
        }

        linter.Warn(line, $"'{name}' never is '{text}' in an audit event; read as {meant.Field}: {meant.Value} (alias)");
        return new FieldMatcher(
            meant.Field, FieldCatalogue.Find(meant.Field)!, ValueTest.Compile([meant.Value], []), negate: false, literals: null);
    }

    private (string Name, Field Field) Resolve(string name, long line)
    {
        if (FieldCatalogue.Find(name) is { } field)
        {
            Fields.Add(name);
            return (name, field);
        }

        if (vocabulary.Field(name) is { } meant)
        {
            linter.Warn(line, $"the audit schema has no field '{name}'; read as {meant} (alias)");
            Fields.Add(meant);
            return (meant, FieldCatalogue.Find(meant)!);
        }

        throw new RuleException($"the audit schema has no field '{name}'; did you mean '{FieldCatalogue.Nearest(name)}'?");
    }

    private List<string> Expand(IEnumerable<string> values, string[] modifiers) =>
        modifiers.Contains("expand") ? [.. values.SelectMany(value => Placeholders.Expand(value, vocabulary))] : [.. values];

    private static List<YamlNode> Values(YamlNode value) => value is YamlSequenceNode list ? [.. list.Children] : [value];
}
