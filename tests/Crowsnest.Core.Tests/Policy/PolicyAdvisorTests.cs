using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Policy;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Policy;

/// <summary>What is advised is cheaper, finds the same, and gives nothing to whoever holds a token of those whose events are dropped.</summary>
public sealed class PolicyAdvisorTests
{
    private const string Renewer = "system:serviceaccount:shop:leader";

    private static readonly RuleSet Rules = RuleSet.Load(Directory.GetFiles(RepositoryFiles.Rules, "*.yml")
        .Select(static file => (Path.GetFileName(file), File.ReadAllText(file))));

    private static readonly AuditEvent[] Day = [.. RecordedDay.Events()];

    private readonly PolicyAdvisor _advisor = new(Rules.Rules, keepsModel: true);

    [Fact]
    public void The_same_is_found_in_fewer_bytes_and_the_linter_has_no_fault()
    {
        AuditPolicy policy = Advise([.. Day, .. Leases()]);
        PolicySimulation simulation = PolicySimulation.Of(policy, Rules);
        foreach (AuditEvent audit in Day)
        {
            simulation.Add(audit, new Evidence("day", 1));
        }

        (IReadOnlyList<Detection> before, IReadOnlyList<Detection> after, IReadOnlyList<LostDetection> lost) = simulation.Finish();

        Assert.NotEmpty(before);
        Assert.Empty(lost);
        Assert.Equal(Told(before), Told(after));
        Assert.Empty(simulation.Leaks);
        Assert.InRange((double)simulation.Total.BytesLeft / simulation.Total.Bytes, 0.4, 0.6);
        Assert.DoesNotContain(PolicyLinter.Lint(policy), static note => note.IsFault);
    }

    [Fact]
    public void Rules_see_what_the_capture_lacks()
    {
        // One request is a capture, too.
        RuleSight sight = new(Advise(Day.Take(1)), []);

        Assert.Equal(
            ["installer-object-in-system-namespace", "long-lived-token-secret"],
            Rules.Rules.Where(rule => !rule.IsOff && sight.Blindness(rule).Length > 0).Select(static rule => rule.Label)
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_stolen_token_of_those_whose_events_are_dropped_gains_nothing()
    {
        AuditPolicy policy = Advise(Leases());
        RuleSight sight = new(policy, _advisor.Cells.All.Keys);
        List<string> unseen = [];
        foreach ((string user, string[] groups) in new (string, string[])[]
        {
            (Renewer, ["system:serviceaccounts", "system:authenticated"]), ("system:node:a", ["system:nodes", "system:authenticated"]),
        })
        {
            IEnumerable<RequestKind> named = Rules.Rules.Where(static rule => !rule.IsOff && !RuleSight.IsOfAny(rule)).SelectMany(sight.KindsOf);
            unseen.AddRange(named.Distinct().Where(kind => !Decide(policy, user, groups, kind, "shop").Logs(
                kind.Verb == "watch" ? AuditStage.ResponseStarted : AuditStage.ResponseComplete)).Select(kind => $"{user} {kind}"));
        }

        Assert.Contains(policy.Rules, static rule => rule.Level == AuditLevel.None);
        Assert.Empty(unseen);
    }

    [Theory]
    [InlineData(Renewer, "update", "shop", false)]
    [InlineData(Renewer, "get", "shop", false)]
    [InlineData(Renewer, "create", "shop", true)]
    [InlineData(Renewer, "delete", "shop", true)]
    [InlineData(Renewer, "list", "shop", true)]
    [InlineData(Renewer, "update", "kube-system", true)]
    [InlineData("system:serviceaccount:shop:other", "update", "shop", true)]
    [InlineData("jane", "update", "shop", true)]
    [InlineData("mallory", "update", "kube-node-lease", true)]
    public void Only_what_was_seen_of_whom_it_was_seen_is_dropped(string user, string verb, string ns, bool isLogged)
    {
        AuditPolicy policy = Advise(Leases());

        PolicyDecision decision = Decide(
            policy, user, ["system:authenticated"], new RequestKind(verb, "coordination.k8s.io", "leases", ""), ns);

        Assert.Equal(isLogged, decision.Logs(AuditStage.ResponseComplete));
    }

    [Fact]
    public void A_rule_that_names_the_kind_keeps_it()
    {
        RuleSet rules = RuleSet.Load(
        [
            ("own.yml", """
                title: Lease taken over
                id: 7d9c1a00-0000-4000-8000-000000000001
                logsource: {product: kubernetes, service: audit}
                detection: {selection: {verb: update, objectRef.resource: leases}, condition: selection}
                level: low
                """),
        ]);
        PolicyAdvisor advisor = new(rules.Rules, keepsModel: true);
        foreach (AuditEvent audit in Leases())
        {
            advisor.Add(audit);
        }

        AuditPolicy policy = AuditPolicy.Parse(AdviceYaml.Write(advisor.Advise(new HashSet<string> { Renewer }), [], null));

        RequestKind kind = new("update", "coordination.k8s.io", "leases", "");
        Assert.True(Decide(policy, Renewer, [], kind, "shop").Logs(AuditStage.ResponseComplete));
        Assert.False(Decide(policy, Renewer, [], kind with { Verb = "get" }, "shop").Logs(AuditStage.ResponseComplete));
    }

    [Fact]
    public void Without_the_model_only_what_chosen_rules_name_is_logged()
    {
        PolicyAdvisor advisor = new([.. Rules.Rules.Where(static rule => rule.Label == "secrets-listed")], keepsModel: false);
        advisor.Add(Day[0]);
        AuditPolicy policy = AuditPolicy.Parse(AdviceYaml.Write(advisor.Advise(new HashSet<string>()), [], null));

        Assert.Equal(AuditLevel.Metadata, Decide(policy, "jane", [], new("list", "", "secrets", ""), "shop").Level);
        Assert.Equal(AuditLevel.None, Decide(policy, "jane", [], new("get", "", "pods", ""), "shop").Level);
    }

    [Theory]
    [InlineData("create", "", "secrets", "", AuditLevel.Metadata)]
    [InlineData("create", "", "serviceaccounts", "token", AuditLevel.Metadata)]
    [InlineData("update", "apps", "deployments", "status", AuditLevel.Metadata)]
    [InlineData("create", "", "pods", "exec", AuditLevel.Metadata)]
    [InlineData("list", "rbac.authorization.k8s.io", "roles", "", AuditLevel.Metadata)]
    [InlineData("update", "apps", "deployments", "", AuditLevel.Request)]
    [InlineData("update", "apps", "deployments", "scale", AuditLevel.Request)]
    [InlineData("delete", "", "pods", "", AuditLevel.Request)]
    [InlineData("create", "", "pods", "", AuditLevel.RequestResponse)]
    [InlineData("patch", "rbac.authorization.k8s.io", "roles", "", AuditLevel.RequestResponse)]
    public void A_kind_is_logged_as_what_reads_it_needs(string verb, string at, string resource, string part, AuditLevel level)
    {
        BodyNeeds needs = new([.. Rules.Rules.Where(static rule => !rule.IsOff)], keepsModel: true);

        Assert.Equal(level, needs.Of(new RequestKind(verb, at, resource, part)).Level);
        Assert.Equal(level, Decide(Advise(Day.Take(1)), "jane", [], new RequestKind(verb, at, resource, part), "shop").Level);
    }

    private AuditPolicy Advise(IEnumerable<AuditEvent> events)
    {
        foreach (AuditEvent audit in events)
        {
            _advisor.Add(audit);
        }

        return AuditPolicy.Parse(AdviceYaml.Write(_advisor.Advise(_advisor.Droppable.Select(static one => one.Principal).ToHashSet()), [], null));
    }

    private static PolicyDecision Decide(AuditPolicy policy, string user, string[] groups, RequestKind kind, string ns) =>
        policy.Decide(new PolicyRequest(user, groups, kind.Verb, true)
        {
            Group = kind.Group,
            Resource = kind.Resource,
            Subresource = kind.Subresource,
            Namespace = ns,
            Name = "some",
        });

    private static AuditEvent[] Leases() =>
    [
        Lease("get", Renewer, "system:serviceaccounts", "shop"), Lease("update", Renewer, "system:serviceaccounts", "shop"),
        Lease("list", Renewer, "system:serviceaccounts", "shop"), Lease("update", "jane", "system:authenticated", "shop"),
        Lease("update", "system:node:a", "system:nodes", "kube-node-lease"),
    ];

    private static AuditEvent Lease(string verb, string user, string group, string ns)
    {
        byte[] json = System.Text.Encoding.UTF8.GetBytes(
            $$$"""{"level":"Metadata","auditID":"{{{verb}}}{{{user}}}","stage":"ResponseComplete","requestURI":"/x","verb":"{{{verb}}}","user":{"username":"{{{user}}}","groups":["{{{group}}}"]},"objectRef":{"resource":"leases","namespace":"{{{ns}}}","name":"a","apiGroup":"coordination.k8s.io"},"responseStatus":{"code":200}}""");
        _ = new AuditEventParser().Parse(json, "c", DateTimeOffset.UnixEpoch, out AuditEvent? audit);
        return audit!;
    }

    private static string[] Told(IEnumerable<Detection> found) =>
        [.. found.Select(static one => $"{one.Id} {one.Severity} {one.Who} {one.What} {one.GoingWhere} {string.Join(',', one.Opens)}").Order(StringComparer.Ordinal)];
}
