using System.Collections.Concurrent;
using System.Collections.Frozen;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>
/// Picks the few rules that can match an event by its verb, resource and subresource. Values that no rule names count as
/// one, so that the index stays small whatever a client sends.
/// </summary>
internal sealed class RuleIndex
{
    private const string Other = "\0";

    private readonly SigmaRule[] _rules;
    private readonly (FrozenSet<string>? Verbs, FrozenSet<string>? Resources, FrozenSet<string>? Subresources)[] _required;
    private readonly FrozenSet<string> _verbs;
    private readonly FrozenSet<string> _resources;
    private readonly FrozenSet<string> _subresources;
    private readonly ConcurrentDictionary<(string Verb, string Resource, string Subresource), SigmaRule[]> _candidates = new();

    internal RuleIndex(IEnumerable<SigmaRule> rules)
    {
        _rules = [.. rules];
        _required =
        [
            .. _rules.Select(static rule => (
                rule.Matcher.Required("verb"),
                rule.Matcher.Required("objectRef.resource"),
                rule.Matcher.Required("objectRef.subresource"))),
        ];
        _verbs = Union(_required.Select(static r => r.Verbs));
        _resources = Union(_required.Select(static r => r.Resources));
        _subresources = Union(_required.Select(static r => r.Subresources));
    }

    /// <summary>The rules that may match, in the order in which they were given.</summary>
    internal SigmaRule[] Candidates(AuditEvent audit)
    {
        ObjectRef target = audit.ObjectRef;
        var key = (Fold(audit.Verb, _verbs), Fold(target.Resource, _resources), Fold(target.Subresource, _subresources));
        return _candidates.TryGetValue(key, out SigmaRule[]? candidates)
            ? candidates
            : _candidates.GetOrAdd(key, Find);
    }

    private SigmaRule[] Find((string Verb, string Resource, string Subresource) key) =>
    [
        .. _rules.Where((_, i) => (_required[i].Verbs?.Contains(key.Verb) ?? true)
            && (_required[i].Resources?.Contains(key.Resource) ?? true)
            && (_required[i].Subresources?.Contains(key.Subresource) ?? true)),
    ];

    // Sigma compares without regard to case. Kubernetes writes these in lower case, and then nothing is copied.
    private static string Fold(string value, FrozenSet<string> known) =>
        known.TryGetValue(value, out string? same) || known.TryGetValue(value.ToLowerInvariant(), out same) ? same : Other;

    private static FrozenSet<string> Union(IEnumerable<FrozenSet<string>?> sets) =>
        sets.SelectMany(static set => set ?? FrozenSet<string>.Empty).ToFrozenSet();
}
