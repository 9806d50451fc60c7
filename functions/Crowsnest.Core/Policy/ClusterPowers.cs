using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Policy;

/// <summary>
/// What everybody in a cluster did, against what bindings give: the powers that nobody used who holds them. Not thread-safe.
/// </summary>
public sealed class ClusterPowers
{
    // A client can't make up principals, but a cluster may have any number of them.
    private const int MostPrincipals = 20_000;

    private readonly Dictionary<string, LeastPrivilege> _principals = new(StringComparer.Ordinal);
    private readonly RbacState _state = new();

    /// <summary>How many principals were seen.</summary>
    public int Principals => _principals.Count;

    /// <summary>Takes in a request that has an outcome, in order of time.</summary>
    public void Add(AuditEvent audit)
    {
        _state.Add(audit);
        if (audit.Annotation("authorization.k8s.io/decision") == "allow")
        {
            UsedPower power = LeastPrivilege.PowerOf(audit);
            _state.AddUse(audit.Annotation("authorization.k8s.io/reason"), power.Verb, power.Group, power.Resource);
        }

        Of(audit.User.Username)?.Add(audit);
        if (audit.ImpersonatedUser is { } assumed && assumed.Username != audit.User.Username)
        {
            Of(assumed.Username)?.Add(audit);
        }
    }

    /// <summary>The powers that none of those used to whom a binding gives them, the gravest first.</summary>
    /// <returns>Each with whom it is given to, the kind of these, and how many of them were seen at all.</returns>
    public IReadOnlyList<(string Subject, string Kind, int Seen, UnusedPower Power)> Unused()
    {
        List<(string Subject, string Kind, int Seen, UnusedPower Power)> all = [];
        foreach ((string subject, string kind) in _state.Subjects)
        {
            LeastPrivilege[] holders =
            [
                .. _principals.Where(pair => kind == "Group" ? pair.Value.Groups.Contains(subject) : pair.Key == subject)
                    .Select(static pair => pair.Value),
            ];
            UsedPower[] used = [.. holders.SelectMany(static one => one.Used.Keys).Distinct()];
            all.AddRange(UnusedPower.Of(_state, new HashSet<string>([subject], StringComparer.Ordinal), used)
                .Where(static power => power.Risk.Length > 0).Select(power => (subject, kind, holders.Length, power)));
        }

        return
        [
            .. all.DistinctBy(static one => (
                one.Subject, one.Power.Risk, one.Power.Binding, one.Power.Scope,
                string.Join(',', one.Power.Verbs), string.Join(',', one.Power.Resources)))
                .OrderBy(static one => one.Power.Rank).ThenBy(static one => IsPlatform(one.Subject))
                .ThenByDescending(static one => one.Power.Scope.Length == 0).ThenBy(static one => one.Subject, StringComparer.Ordinal)
                .ThenBy(static one => one.Power.Binding, StringComparer.Ordinal),
        ];
    }

    // What comes with the cluster is nobody's to change.
    private static bool IsPlatform(string subject) =>
        subject.StartsWith("system:", StringComparison.Ordinal)
        && PrincipalClassifier.Classify(subject) is not PrincipalClass.WorkloadServiceAccount;

    private LeastPrivilege? Of(string principal)
    {
        if (!_principals.TryGetValue(principal, out LeastPrivilege? one) && principal.Length > 0 && _principals.Count < MostPrincipals)
        {
            _principals.Add(principal, one = new LeastPrivilege(principal));
        }

        return one;
    }
}
