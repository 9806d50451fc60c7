using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>
/// Picks the few rules that can match an event by what most rules ask for: verb, resource, subresource, the kind of principal and
/// the outcome. Values that no rule names count as one, so that the index stays small whatever a client sends.
/// </summary>
internal sealed class RuleIndex
{
    private const string Other = "\0";

    // A client may ask for every resource that some rule names in every way; beyond this nothing more is kept.
    private const int MostKept = 20_000;

    private static readonly string[] Fields =
        ["verb", "objectRef.resource", "objectRef.subresource", "crowsnest.principalClass", "responseStatus.code"];

    private static readonly FrozenDictionary<PrincipalClass, string> Classes =
        Enum.GetValues<PrincipalClass>().ToFrozenDictionary(static one => one, static one => one.ToString().ToLowerInvariant());

    private readonly SigmaRule[] _rules;
    private readonly FrozenSet<string>[] _named;
    private readonly ConcurrentDictionary<Key, SigmaRule[]> _candidates = new();

    internal RuleIndex(IEnumerable<SigmaRule> rules)
    {
        _rules = [.. rules];
        _named = [.. Fields.Select(field => _rules.SelectMany(rule => rule.Matcher.Named(field)).ToFrozenSet())];
    }

    /// <summary>The rules that may match, in the order in which they were given.</summary>
    internal SigmaRule[] Candidates(AuditEvent audit)
    {
        ObjectRef target = audit.ObjectRef;
        string code = audit.ResponseCode == 0 ? "" : audit.ResponseCode.ToString(CultureInfo.InvariantCulture);
        Key key = new(
            Fold(audit.Verb, 0),
            Fold(target.Resource, 1),
            Fold(target.Subresource, 2),
            Fold(Classes[audit.PrincipalClass], 3),
            Fold(code, 4));
        return _candidates.TryGetValue(key, out SigmaRule[]? candidates) ? candidates
            : _candidates.Count < MostKept ? _candidates.GetOrAdd(key, Find)
            : Find(key);
    }

    private SigmaRule[] Find(Key key)
    {
        string[] values = [key.Verb, key.Resource, key.Subresource, key.Principal, key.Code];
        (string, string)[] known = [.. Fields.Zip(values)];
        return Array.FindAll(_rules, rule => rule.Matcher.CanMatch(known));
    }

    // Sigma compares without regard to case. Kubernetes writes these in lower case, and then nothing is copied.
    private string Fold(string value, int field) =>
        _named[field].TryGetValue(value, out string? same) || _named[field].TryGetValue(value.ToLowerInvariant(), out same)
            ? same : Other;

    private readonly record struct Key(string Verb, string Resource, string Subresource, string Principal, string Code);
}
