using Crowsnest.Core.Audit;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Policy;

/// <summary>
/// Finds the cheapest policy under which chosen rules, and the model if wanted, see what they see. What a rule needs follows from the
/// rule, so that what the capture lacks is logged as well; from the capture come the savings and what may be dropped. Not thread-safe.
/// </summary>
/// <param name="keep">The rules that must see.</param>
/// <param name="keepsModel">Whether the model's features must stay as they are: then every request is logged.</param>
public sealed class PolicyAdvisor(IReadOnlyList<SigmaRule> keep, bool keepsModel)
{
    private const int MostNamed = 6;

    private static readonly AuditStage[] Received = [AuditStage.RequestReceived];

    private static readonly string[] OfPods = ["", "ephemeralcontainers", "eviction"];
    private static readonly string[] OfOthers = [""];

    private readonly PowerlessRequests _powerless = new();
    private readonly BodyNeeds _needs = new([.. keep.Where(static rule => !rule.IsOff)], keepsModel);
    private readonly SigmaRule[] _keep = [.. keep.Where(static rule => !rule.IsOff)];

    /// <summary>What was asked for in the capture.</summary>
    public CaptureCells Cells { get; } = new();

    /// <summary>
    /// Whose requests may be dropped that touch no power and that no rule names, with their bytes, the most first: the names of users,
    /// and the group of all nodes.
    /// </summary>
    public IReadOnlyList<(string Principal, long Bytes)> Droppable =>
    [
        .. _powerless.All.Where(pair => !IsNamed(pair.Key.Group, pair.Key.Resource, pair.Key.Verb)).GroupBy(static pair => pair.Key.User)
            .Select(static group => (group.Key, Bytes: group.Sum(static pair => pair.Value)))
            .OrderByDescending(static one => one.Bytes).ThenBy(static one => one.Key, StringComparer.Ordinal),
    ];

    /// <summary>Kinds that rules name and of which no API group is known: nobody can put them into a policy without it.</summary>
    public IReadOnlyList<string> Unplaced =>
    [
        .. OwnKinds().Where(static kind => kind.Group is null).Select(static kind => kind.Kind.Resource)
            .Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>Kinds of request that rules name and that the capture has none of.</summary>
    public IEnumerable<RequestKind> Unseen() => OwnKinds().Where(static kind => kind.Group is not null && !kind.IsAnyResource)
        .Select(static kind => kind.Kind).Where(kind => !Cells.All.ContainsKey(kind)).Distinct();

    /// <summary>Takes in an event of any stage.</summary>
    public void Add(AuditEvent audit)
    {
        int bytes = audit.Json.Length + 1;
        Cells.Of(PolicyRequest.Of(audit)).Add(bytes, bytes, isLarger: false);
        _powerless.Add(audit, bytes);
    }

    /// <summary>The rules of the policy.</summary>
    /// <param name="drop">Those of <see cref="Droppable"/> whose requests are dropped.</param>
    public IReadOnlyList<AdvisedRule> Advise(IReadOnlySet<string> drop)
    {
        List<AdvisedRule> rules = [.. Drops(drop)];
        rules.Add(new(
            New(AuditLevel.Metadata) with { Verbs = ["watch"], OmitStages = [.. Received, AuditStage.ResponseComplete] },
            "a watch is logged when it starts, refused or not, and again when it ends: it is judged when it starts"));
        rules.Add(new(
            New(AuditLevel.Metadata) with
            {
                Resources =
                [
                    new("", ["secrets", "serviceaccounts/token"], []), new("authentication.k8s.io", ["tokenreviews"], []),
                ],
            },
            "credentials stand in these bodies: who did what to which is logged, what is in them is not"));
        rules.AddRange(Bodies());
        rules.Add(new(
            New(AuditLevel.Request) with { Verbs = ["delete", "deletecollection"] },
            "the body of a delete says whether it was a dry run; what was deleted stands in the answer, which nothing reads"));
        rules.AddRange(Rest());
        return [.. rules.Select(static (one, index) => one with { Rule = one.Rule with { Number = index + 1 } })];
    }

    private static PolicyRule New(AuditLevel level) => new(0, 0, level) { OmitStages = Received };

    private IEnumerable<AdvisedRule> Drops(IReadOnlySet<string> drop)
    {
        foreach (var place in _powerless.All.Keys.Where(key => drop.Contains(key.User) && !IsNamed(key.Group, key.Resource, key.Verb))
            .GroupBy(static key => (key.Group, key.Resource, key.Namespace, IsNodes: key.User == PowerlessRequests.Nodes))
            .OrderByDescending(static group => group.Key.IsNodes).ThenBy(static group => group.Key.Namespace, StringComparer.Ordinal))
        {
            string[] users = [.. place.Select(static key => key.User).Distinct().Order(StringComparer.Ordinal)];
            string[] verbs = [.. place.Select(static key => key.Verb).Distinct().Order(StringComparer.Ordinal)];
            IEnumerable<string> others = _keep.Where(rule => RuleSight.IsOfAny(rule) && verbs.Any(verb => users.Any(user =>
                RuleSight.IsFor(rule, new RequestKind(verb, place.Key.Group, place.Key.Resource, ""), user))))
                .Select(static rule => rule.Label);
            yield return new(
                New(AuditLevel.None) with
                {
                    Users = place.Key.IsNodes ? [] : users,
                    UserGroups = place.Key.IsNodes ? users : [],
                    Verbs = verbs,
                    Resources = [new(place.Key.Group, [place.Key.Resource], [])],
                    Namespaces = [place.Key.Namespace],
                },
                $"{place.Key.Resource} hold no power, no rule names them, and these identities renew them all day",
                $"a thief who does nothing else with their token is not seen by {List(others)}, which look at every request");
        }
    }

    private IEnumerable<AdvisedRule> Bodies()
    {
        // Of each kind the verbs by level, so that kinds that need the same stand in one rule.
        Dictionary<(string Group, string Kind), SortedDictionary<string, (AuditLevel Level, IReadOnlyList<string> Rules)>> needs = [];
        foreach (RequestKind kind in AllKinds())
        {
            if (_needs.Of(kind) is { Level: > AuditLevel.Metadata } need && kind.Verb is not ("delete" or "deletecollection"))
            {
                (string, string) key = (kind.Group, kind.Subresource.Length > 0 ? $"{kind.Resource}/{kind.Subresource}" : kind.Resource);
                if (!needs.TryGetValue(key, out var verbs))
                {
                    needs.Add(key, verbs = new(StringComparer.Ordinal));
                }

                verbs[kind.Verb] = need;
            }
        }

        foreach (var same in needs.SelectMany(static pair => pair.Value.GroupBy(static verb => verb.Value.Level).Select(level => (
                pair.Key, Level: level.Key, Verbs: string.Join(',', level.Select(static verb => verb.Key)),
                Rules: level.SelectMany(static verb => verb.Value.Rules))))
            .GroupBy(static one => (one.Level, one.Verbs)).OrderByDescending(static group => group.Key.Level)
            .ThenBy(static group => group.Key.Verbs, StringComparer.Ordinal))
        {
            yield return new(
                New(same.Key.Level) with { Verbs = same.Key.Verbs.Split(','), Resources = Grouped(same.Select(static one => one.Key)) },
                (same.Key.Level == AuditLevel.Request ? "the body is read, the answer is not: " : "body and answer are read: ")
                    + List(same.SelectMany(static one => one.Rules)));
        }
    }

    // Everything, unless all that must see names its kinds.
    private IEnumerable<AdvisedRule> Rest()
    {
        if (keepsModel || Array.Exists(_keep, RuleSight.IsOfAny))
        {
            yield return new(
                New(AuditLevel.Metadata), "everything else, known or not: who did what to what, from where, with what outcome");
            yield break;
        }

        foreach (var same in OwnKinds().Where(static kind => kind.Group is not null)
            .GroupBy(static kind => (kind.Group!, Kind: (kind.IsAnyResource ? "*" : kind.Kind.Resource)
                + (kind.Kind.Subresource.Length > 0 ? "/" + kind.Kind.Subresource : "")))
            .GroupBy(static group => group.Any(static kind => kind.IsAnyVerb) ? ""
                : string.Join(',', group.Select(static kind => kind.Kind.Verb).Distinct().Order(StringComparer.Ordinal)))
            .OrderBy(static group => group.Key, StringComparer.Ordinal))
        {
            yield return new(
                New(AuditLevel.Metadata) with
                {
                    Verbs = same.Key.Length == 0 ? [] : same.Key.Split(','),
                    Resources = Grouped(same.Select(static group => group.Key)),
                },
                "rules look for these requests, and read no body of them");
        }

        yield return new(New(AuditLevel.None), "nothing that was chosen looks at anything else", "everything that no chosen rule is for");
    }

    // Of the capture, of the rules, and of what the model reads whatever the rules are.
    private IEnumerable<RequestKind> AllKinds() =>
        Cells.All.Keys.Concat(OwnKinds().Where(static kind => kind is { Group: not null, IsAnyResource: false })
            .Select(static kind => kind.Kind)).Concat(
            from resource in new[] { FieldScope.PodSpec, FieldScope.Grant }.SelectMany(static scope => scope.Resources!)
                .Concat(["subjectaccessreviews", "serviceaccounts"])
            from verb in FieldScope.PodSpec.Verbs!
            from part in resource == "pods" ? OfPods : OfOthers
            from at in ApiGroups.AllOf(resource)
            select new RequestKind(verb, at, resource, part)).Where(static kind => kind.Resource.Length > 0).Distinct();

    private IEnumerable<(RequestKind Kind, string? Group, bool IsAnyResource, bool IsAnyVerb)> OwnKinds()
    {
        RuleSight sight = new(new AuditPolicy([], [], false), []);
        ILookup<string, string> seen = Cells.All.Keys.Distinct().ToLookup(static kind => kind.Resource, static kind => kind.Group);
        foreach (SigmaRule rule in _keep.Where(static rule => !RuleSight.IsOfAny(rule)))
        {
            foreach (RequestKind kind in sight.KindsOf(rule))
            {
                IEnumerable<string?> groups = ApiGroups.AllOf(kind.Resource).Concat(seen[kind.Resource]).Distinct();
                foreach (string? at in groups.DefaultIfEmpty(null))
                {
                    yield return (kind with { Group = at ?? "" }, at, rule.Resources is null, rule.Verbs is null);
                }
            }
        }
    }

    private bool IsNamed(string at, string resource, string verb) =>
        Array.Exists(_keep, rule => !RuleSight.IsOfAny(rule) && RuleSight.IsFor(rule, new RequestKind(verb, at, resource, "")));

    private static PolicyResources[] Grouped(IEnumerable<(string Group, string Kind)> kinds) =>
    [
        .. kinds.Distinct().GroupBy(static kind => kind.Group).OrderBy(static group => group.Key, StringComparer.Ordinal)
            .Select(static group => new PolicyResources(
                group.Key, [.. group.Select(static kind => kind.Kind).Order(StringComparer.Ordinal)], [])),
    ];

    private static string List(IEnumerable<string> names)
    {
        string[] all = [.. names.Distinct().Order(StringComparer.Ordinal)];
        return string.Join(", ", all.Take(MostNamed)) + (all.Length > MostNamed ? $" and {all.Length - MostNamed} more" : "");
    }
}
