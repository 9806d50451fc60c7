using System.Collections.Concurrent;

namespace Crowsnest.Core.Rules;

/// <summary>The loaded rules, with an index by verb and resource that picks the few that can match an event.</summary>
public sealed class RuleSet
{
    private const int LargestIndex = 4096;

    private readonly ConcurrentDictionary<(string Verb, string Resource), SigmaRule[]> _candidates = new();
    private readonly SigmaRule[] _rules;

    public RuleSet(IEnumerable<SigmaRule> rules, IReadOnlyList<RuleError>? errors = null)
    {
        _rules = [.. rules.OrderBy(static rule => rule.Reference.Id, StringComparer.Ordinal)];
        Errors = errors ?? [];
    }

    public static RuleSet Empty { get; } = new([]);

    public IReadOnlyList<SigmaRule> Rules => _rules;

    /// <summary>What could not be loaded; a broken rule costs only itself.</summary>
    public IReadOnlyList<RuleError> Errors { get; }

    /// <summary>Loads rules from texts.</summary>
    /// <param name="files">Names and contents of the files.</param>
    public static RuleSet Load(IEnumerable<(string Name, string Yaml)> files)
    {
        Dictionary<string, SigmaRule> rules = new(StringComparer.OrdinalIgnoreCase);
        List<RuleError> errors = [];
        foreach ((string name, string yaml) in files)
        {
            try
            {
                SigmaRule rule = SigmaRuleParser.Parse(yaml, name);
                if (!rules.TryAdd(rule.Reference.Id, rule))
                {
                    string first = rules[rule.Reference.Id].File;
                    errors.Add(new(name, 0, $"the id {rule.Reference.Id} is already used by {first}"));
                }
            }
            catch (RuleException fault)
            {
                errors.Add(new(name, fault.Line, fault.Message));
            }
        }

        return new RuleSet(rules.Values, errors);
    }

    /// <summary>Adds the rules that match to the list, in the order of their ids.</summary>
    public void Match(EventView view, List<SigmaRule> matches)
    {
        foreach (SigmaRule rule in Candidates(view.Event.Verb, view.Event.ObjectRef.Resource))
        {
            if (rule.IsMatch(view))
            {
                matches.Add(rule);
            }
        }
    }

    private SigmaRule[] Candidates(string verb, string resource)
    {
        if (_candidates.TryGetValue((verb, resource), out SigmaRule[]? candidates))
        {
            return candidates;
        }

        candidates = Array.FindAll(_rules, rule => Admits(rule, "verb", verb) && Admits(rule, "objectRef.resource", resource));
        if (_candidates.Count < LargestIndex)
        {
            _candidates.TryAdd((verb, resource), candidates);
        }

        return candidates;
    }

    private static bool Admits(SigmaRule rule, string field, string value) =>
        rule.Matcher.Required(field)?.Contains(value.ToLowerInvariant()) ?? true;
}
