using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Policy;

/// <summary>
/// What a principal did, and the smallest roles that would have let it. Names are kept up to a number and left open beyond it, or where
/// they were made up; kinds used in more than some namespaces are granted in all. Not thread-safe.
/// </summary>
/// <param name="principal">Who: the user whom the authorizer judged.</param>
public sealed class LeastPrivilege(string principal)
{
    /// <summary>With more names than these a rule is for any name.</summary>
    public const int MostNames = 5;

    /// <summary>In more namespaces than these a rule is for all.</summary>
    public const int MostNamespaces = 3;

    // Whatever a client asks for: beyond this nothing more is kept.
    private const int MostKept = 200_000;

    private readonly Dictionary<UsedPower, DateTimeOffset> _allowed = [];
    private readonly Dictionary<(UsedPower Power, string Reason), int> _denied = [];
    private readonly HashSet<string> _groups = new(StringComparer.Ordinal);

    /// <summary>Requests that were let through by what everybody is given, and that need no role.</summary>
    public int ByDefault { get; private set; }

    /// <summary>Requests that were let through otherwise.</summary>
    public int Allowed { get; private set; }

    /// <summary>The groups that the principal was seen in.</summary>
    public IReadOnlySet<string> Groups => _groups;

    /// <summary>What was refused, and how often.</summary>
    public IReadOnlyDictionary<(UsedPower Power, string Reason), int> Denied => _denied;

    /// <summary>What was let through, with the last time.</summary>
    public IReadOnlyDictionary<UsedPower, DateTimeOffset> Used => _allowed;

    /// <summary>Takes in a request that has an outcome; those of others change nothing.</summary>
    public void Add(AuditEvent audit)
    {
        AuditUser judged = audit.ImpersonatedUser ?? audit.User;
        if (audit.ImpersonatedUser is { } assumed && audit.User.Username == principal)
        {
            AddImpersonation(assumed, audit.Time);
        }

        if (judged.Username != principal || audit.ResponseCode == 401)
        {
            return;
        }

        _groups.UnionWith(judged.Groups);
        UsedPower power = PowerOf(audit);
        string decision = audit.Annotation("authorization.k8s.io/decision");
        string reason = audit.Annotation("authorization.k8s.io/reason");
        if (decision == "forbid" || (decision.Length == 0 && audit.ResponseCode == 403))
        {
            if (_denied.Count < MostKept || _denied.ContainsKey((power, reason)))
            {
                _denied[(power, reason)] = _denied.GetValueOrDefault((power, reason)) + 1;
            }
        }
        else if (reason.EndsWith("to Group \"system:authenticated\"", StringComparison.Ordinal))
        {
            ByDefault++;
        }
        else
        {
            Allowed++;
            Keep(power, audit.Time);
        }
    }

    /// <summary>The power that a request needs.</summary>
    public static UsedPower PowerOf(AuditEvent audit)
    {
        PolicyRequest request = PolicyRequest.Of(audit);
        if (!request.IsResource)
        {
            return new(request.Verb, "", request.Path.StartsWith('/') ? request.Path : "/" + request.Path, "", "");
        }

        // The server files a namespace under itself; a role of the cluster lets its users at it by its name.
        return new(
            request.Verb,
            request.Group,
            request.Subresource.Length > 0 ? $"{request.Resource}/{request.Subresource}" : request.Resource,
            request.Resource == "namespaces" ? "" : request.Namespace,
            request.Name);
    }

    /// <summary>The rules that cover all that was let through since a time.</summary>
    public IReadOnlyList<LeastRule> Rules(DateTimeOffset since)
    {
        List<Cell> cells = [];
        foreach (var kind in _allowed.Where(pair => pair.Value >= since).Select(static pair => pair.Key)
            .GroupBy(static power => (power.Verb, power.Group, power.Resource)))
        {
            string[] namespaces = [.. kind.Select(static power => power.Namespace).Distinct()];
            bool isEverywhere = namespaces.Length > MostNamespaces || namespaces.Contains("");
            string why = namespaces.Length > MostNamespaces ? $"used in {namespaces.Length} namespaces" : "";
            if (isEverywhere)
            {
                cells.Add(CellOf("", kind.Key.Verb, kind.Key.Group, kind.Key.Resource, [.. kind.Select(static power => power.Name)], why));
                continue;
            }

            foreach (string at in namespaces)
            {
                string[] names = [.. kind.Where(power => power.Namespace == at).Select(static power => power.Name)];
                cells.Add(CellOf(at, kind.Key.Verb, kind.Key.Group, kind.Key.Resource, names, ""));
            }
        }

        // Only what has the same names, and then the same verbs, is put together: no rule allows more than its parts.
        var byVerbs = cells.GroupBy(static cell => (cell.Namespace, cell.Group, cell.Resource, cell.Names))
            .Select(static group => (
                group.Key,
                Verbs: Joined(group.Select(static cell => cell.Verb)),
                Why: Reasons(group.Select(static cell => cell.Why))));
        return
        [
            .. byVerbs.GroupBy(static one => (
                one.Key.Namespace,
                one.Key.Group,
                one.Verbs,
                Names: one.Key.Names.Length > 0 ? one.Key.Names + "\0" + one.Key.Resource : "",
                IsPath: one.Key.Resource.StartsWith('/')))
                .Select(static group => new LeastRule(
                    group.Key.Namespace,
                    group.Key.Group,
                    group.Key.Verbs.Split(','),
                    [.. group.Select(static one => one.Key.Resource).Order(StringComparer.Ordinal)],
                    group.First().Key.Names is { Length: > 0 } names ? names.Split('\n') : [],
                    Reasons(group.Select(static one => one.Why))))
                .OrderBy(static rule => rule.Namespace, StringComparer.Ordinal)
                .ThenBy(static rule => rule.Group, StringComparer.Ordinal)
                .ThenBy(static rule => rule.Resources[0], StringComparer.Ordinal)
                .ThenBy(static rule => rule.Verbs[0], StringComparer.Ordinal)
                .ThenBy(static rule => string.Join(',', rule.Names), StringComparer.Ordinal),
        ];
    }

    private static Cell CellOf(string at, string verb, string group, string resource, IReadOnlyList<string> used, string why)
    {
        string[] names = [.. used.Distinct().Order(StringComparer.Ordinal)];
        string[] templates = [.. names.Where(static name => NameTemplate.Of(name) != name).Select(NameTemplate.Of).Distinct()];
        string open = names.Contains("") ? ""
            : templates.Length > 0 ? $"names are made up: {string.Join(", ", templates.Take(3))}{(templates.Length > 3 ? ", …" : "")}"
            : names.Length > MostNames ? $"{names.Length} names"
            : "";
        bool isAny = resource.StartsWith('/') || names.Contains("") || open.Length > 0;
        string reason = Reasons([why, open.Length > 0 ? $"{resource}: {open}" : ""]);
        return new(at, verb, group, resource, isAny ? "" : string.Join('\n', names), reason);
    }

    private void AddImpersonation(AuditUser assumed, DateTimeOffset time)
    {
        string[] account = assumed.Username.Split(':');
        bool isAccount = account.Length == 4
            && assumed.Username.StartsWith(PrincipalClassifier.ServiceAccountPrefix, StringComparison.Ordinal);
        Keep(
            isAccount ? new("impersonate", "", "serviceaccounts", account[2], account[3])
                : new("impersonate", "", "users", "", assumed.Username),
            time);
        foreach (string group in assumed.Groups.Where(static group => !group.StartsWith("system:serviceaccounts", StringComparison.Ordinal)
            && group != "system:authenticated"))
        {
            Keep(new("impersonate", "", "groups", "", group), time);
        }
    }

    private void Keep(UsedPower power, DateTimeOffset time)
    {
        if (_allowed.TryGetValue(power, out DateTimeOffset last) ? time > last : _allowed.Count < MostKept)
        {
            _allowed[power] = time;
        }
    }

    private static string Joined(IEnumerable<string> texts) => string.Join(',', texts.Distinct().Order(StringComparer.Ordinal));

    private static string Reasons(IEnumerable<string> whys) =>
        string.Join("; ", whys.SelectMany(static why => why.Split("; ")).Where(static why => why.Length > 0).Distinct());

    private readonly record struct Cell(string Namespace, string Verb, string Group, string Resource, string Names, string Why);
}
