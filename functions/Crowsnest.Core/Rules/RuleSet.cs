using System.Buffers;
using System.Collections.Frozen;
using Crowsnest.Core.Detections;
using YamlDotNet.RepresentationModel;

namespace Crowsnest.Core.Rules;

/// <summary>The loaded rules. Immutable: a change of a file makes a new set.</summary>
public sealed class RuleSet
{
    private readonly SigmaRule[] _rules;
    private readonly RuleIndex _index;

    private readonly FrozenDictionary<string, CorrelationRule[]> _observers;
    private readonly FrozenSet<string> _silent;

    private RuleSet(
        IEnumerable<SigmaRule> rules,
        IReadOnlyList<CorrelationRule> correlations,
        IReadOnlyList<KnownOperator> operators,
        IReadOnlyList<RuleError> errors)
    {
        Operators = new OperatorCatalogue(operators);
        _rules = [.. rules.OrderBy(static rule => rule.Reference.Id, StringComparer.Ordinal)];
        Correlations = correlations;
        _observers = correlations.SelectMany(static correlation => correlation.Rules.Distinct().Select(rule => (rule, correlation)))
            .GroupBy(static pair => pair.rule, static pair => pair.correlation)
            .ToFrozenDictionary(static group => group.Key, static group => group.ToArray(), StringComparer.Ordinal);
        _silent = _observers.Where(static pair => !Array.Exists(pair.Value, static correlation => correlation.Generate))
            .Select(static pair => pair.Key).ToFrozenSet(StringComparer.Ordinal);
        _index = new RuleIndex(_rules.Where(static rule => !rule.IsOff));
        Errors = errors;
    }

    public static RuleSet Empty { get; } = new([], [], [], []);

    public IReadOnlyList<SigmaRule> Rules => _rules;

    /// <summary>The correlations, each after those that it is made of.</summary>
    public IReadOnlyList<CorrelationRule> Correlations { get; }

    /// <summary>What well-known operators do by design.</summary>
    public OperatorCatalogue Operators { get; }

    /// <summary>What could not be loaded; a broken rule costs only itself.</summary>
    public IReadOnlyList<RuleError> Errors { get; }

    /// <summary>Loads rules, correlations, filters, lists and aliases from texts; each may hold several YAML documents.</summary>
    /// <param name="files">Names and contents of the files. Of two rules with one id the later is left out.</param>
    public static RuleSet Load(IEnumerable<(string Name, string Yaml)> files)
    {
        List<RuleError> errors = [];
        List<(string File, YamlMappingNode Root)> documents = [];
        foreach ((string name, string yaml) in files)
        {
            Try(name, errors, () => documents.AddRange(
                SigmaYaml.Load(yaml).Where(static root => !BehaviourCatalogue.Is(root)).Select(root => (name, root))));
        }

        RuleVocabulary vocabulary = new();
        foreach ((string file, YamlMappingNode root) in documents.Where(static d => RuleVocabulary.Is(d.Root)))
        {
            Try(file, errors, () => vocabulary.Add(root));
        }

        List<KnownOperator> operators = [];
        foreach ((string file, YamlMappingNode root) in documents.Where(static d => OperatorCatalogue.Is(d.Root)))
        {
            Try(file, errors, () => operators.AddRange(OperatorCatalogue.Read(root)));
        }

        documents.RemoveAll(static d => OperatorCatalogue.Is(d.Root));
        Dictionary<string, SigmaRule> rules = new(StringComparer.OrdinalIgnoreCase);
        List<SigmaFilter> filters = [];
        foreach ((string file, YamlMappingNode root) in documents.Where(
            static d => !RuleVocabulary.Is(d.Root) && !CorrelationParser.Is(d.Root)))
        {
            Try(file, errors, () =>
            {
                if (SigmaFilter.Is(root))
                {
                    filters.Add(SigmaFilter.Parse(root, file, vocabulary));
                    return;
                }

                SigmaRule rule = SigmaRuleParser.Parse(root, file, vocabulary);
                if (!rules.TryAdd(rule.Reference.Id, rule))
                {
                    throw new RuleException($"the id {rule.Reference.Id} is already used by {rules[rule.Reference.Id].File}");
                }
            });
        }

        foreach (SigmaFilter filter in filters)
        {
            List<SigmaRule> about = [.. rules.Values.Where(filter.AppliesTo)];
            about.ForEach(rule => rule.Restrict(filter.Matcher));
            if (about.Count == 0)
            {
                errors.Add(new(filter.File, 0, $"no rule has the id or name {string.Join(" or ", filter.Rules)}"));
            }
        }

        List<(string, YamlMappingNode)> correlations = documents.FindAll(static d => CorrelationParser.Is(d.Root));
        return new RuleSet(rules.Values, CorrelationLoader.Load(correlations, [.. rules.Values], vocabulary, errors), operators, errors);
    }

    /// <summary>Adds the rules that match to the list, in the order of their ids.</summary>
    public void Match(EventView view, List<SigmaRule> matches)
    {
        foreach (SigmaRule rule in _index.Candidates(view.Event))
        {
            if (rule.IsMatch(view))
            {
                matches.Add(rule);
            }
        }
    }

    /// <summary>The correlations that count what the rule matches.</summary>
    internal IReadOnlyList<CorrelationRule> ObserversOf(SigmaRule rule) => _observers.GetValueOrDefault(rule.Reference.Id, []);

    /// <summary>
    /// True when matches of the rule are for correlations only: as Sigma has it, those that a correlation does not say to
    /// <c>generate</c>.
    /// </summary>
    public bool IsSilent(SigmaRule rule) => _silent.Contains(rule.Reference.Id);

    /// <summary>
    /// The rules that may match this event and every other that repeats it: same user, kind of object, verb, client and outcome.
    /// </summary>
    internal SigmaRule[] Candidates(EventView view, Severity lowest)
    {
        SigmaRule[] indexed = _index.Candidates(view.Event);
        SigmaRule[] found = ArrayPool<SigmaRule>.Shared.Rent(indexed.Length);
        int count = 0;
        foreach (SigmaRule rule in indexed)
        {
            if ((rule.Severity >= lowest || _observers.ContainsKey(rule.Reference.Id)) && rule.MayMatch(view))
            {
                found[count++] = rule;
            }
        }

        SigmaRule[] candidates = found.AsSpan(0, count).ToArray();
        ArrayPool<SigmaRule>.Shared.Return(found);
        return candidates;
    }

    /// <summary>Adds those of the <see cref="Candidates"/> that match to the list.</summary>
    internal static void Match(EventView view, SigmaRule[] candidates, List<SigmaRule> matches)
    {
        foreach (SigmaRule rule in candidates)
        {
            if (rule.Completes(view))
            {
                matches.Add(rule);
            }
        }
    }

    internal static void Try(string file, List<RuleError> errors, Action load)
    {
        try
        {
            load();
        }
        catch (RuleException fault)
        {
            errors.Add(new(file, fault.Line, fault.Message));
        }
        catch (Exception fault) when (fault is FormatException or OverflowException or ArgumentException)
        {
            errors.Add(new(file, 0, fault.Message));
        }
    }
}
