using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Rules;

/// <summary>Every rule that ships, with the events that are kept beside it.</summary>
public sealed class ShippedRulesTests
{
    private static readonly IReadOnlyList<(string Name, string Yaml)> All = RepositoryFiles.RuleFiles;

    private static readonly RuleSet Shipped = RuleSet.Load(All);
    private static readonly RuleTester Tester = new(All);

    public static TheoryData<string> Files => [.. Shipped.Rules.Select(static rule => rule.File)];

    [Fact]
    public void Load_ShippedRules_AllOfThem()
    {
        Assert.Empty(Shipped.Errors);
        Assert.Equal(
            Directory.EnumerateFiles(RepositoryFiles.Rules, "*.test.jsonl")
                .Select(static path => Path.GetFileName(path).Split('.')[0]).Order(StringComparer.Ordinal),
            Shipped.Rules.Select(static rule => Path.GetFileNameWithoutExtension(rule.File)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Rule_ItsOwnEvents_FireAndNearMissesDoNot(string file)
    {
        SigmaRule rule = Rule(file);

        IReadOnlyList<string> faults = Tester.Run(
            rule.Reference.Id, File.ReadLines(Path.Combine(RepositoryFiles.Rules, Path.ChangeExtension(file, ".test.jsonl"))));

        Assert.Empty(faults);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Rule_Metadata_IsComplete(string file)
    {
        SigmaRule rule = Rule(file);

        Assert.Equal(Path.GetFileNameWithoutExtension(file), rule.Name);
        Assert.NotEmpty(rule.Tactics);
        Assert.NotEmpty(rule.Techniques);
        Assert.NotEmpty(rule.FalsePositives);
        Assert.True(rule.Description.Length > 80, "the description says why an attacker does this and what to check");
        Assert.Matches(@"^\d{4}-\d{2}-\d{2}$", rule.Reference.Version);
        Assert.All(rule.Techniques, static technique => Assert.Matches(@"^T\d{4}(\.\d{3})?$", technique));
    }

    [Fact]
    public void Rules_Linted_GiveNoNotes() =>
        Assert.Empty(Shipped.Rules.SelectMany(static rule => rule.Notes));

    [Theory]
    [MemberData(nameof(Files))]
    public void Rule_Techniques_BelongToItsTactics(string file)
    {
        SigmaRule rule = Rule(file);

        Assert.All(rule.Techniques, technique => Assert.True(
            AttackCatalogue.Tactics(technique).Intersect(rule.Tactics).Any(),
            $"{technique} serves none of {string.Join(", ", rule.Tactics)}"));
        Assert.All(rule.Tactics, tactic => Assert.True(
            rule.Techniques.Any(technique => AttackCatalogue.Tactics(technique).Contains(tactic)), $"no technique serves {tactic}"));
        Assert.All(rule.ThreatMatrix, static id => Assert.True(ThreatMatrix.Has(id), id));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Rule_Categories_CarryItsVerbs(string file)
    {
        SigmaRule rule = Rule(file);

        // kube-audit-admin has no get and list: a rule that asks for nothing else needs kube-audit.
        bool readsOnly = rule.Verbs is { } verbs && verbs.All(static verb => verb is "get" or "list" or "watch");
        Assert.Contains("kube-audit", rule.Categories);
        Assert.Equal(!readsOnly, rule.Categories.Contains("kube-audit-admin"));
    }

    [Fact]
    public void Rules_ThatReadBodies_HaveADegradedForm()
    {
        EventJson json = new() { Level = "Request", Code = 200 };
        foreach (SigmaRule rule in Shipped.Rules.Where(static rule => rule.ReadsBody && rule.Resources is not null))
        {
            SigmaRule degraded = Assert.Single(Shipped.Rules, other => other.Name == rule.Degraded);
            Assert.All(rule.Resources!, resource =>
            {
                EventJson cut = json with { Resource = resource, Verb = rule.Verbs?.Intersect(["create", "patch"]).First() ?? "create" };
                using EventView view = new(cut.ToEvent());
                Assert.True(
                    degraded.IsMatch(view),
                    $"{degraded.Name} misses a write of {resource} without its body, which {rule.Name} reads");
            });
        }
    }

    [Fact]
    public void Behaviours_AreServedOrSayWhatTheyWaitFor()
    {
        IReadOnlyList<Behaviour> behaviours = BehaviourCatalogue.Read(
            File.ReadAllText(Path.Combine(RepositoryFiles.Rules, "behaviours.yml")));
        HashSet<int> served = [.. Shipped.Rules.SelectMany(static rule => rule.Rows)];

        Assert.Equal(Enumerable.Range(1, 149), behaviours.Select(static behaviour => behaviour.Row));
        Assert.Equal(
            behaviours.Where(static behaviour => behaviour.Service == BehaviourService.Rules).Select(static behaviour => behaviour.Row),
            served.Order());
        Assert.True(served.Count >= 100, $"{served.Count} rows are served by rules");
    }

    private static SigmaRule Rule(string file) => Shipped.Rules.Single(rule => rule.File == file);
}
