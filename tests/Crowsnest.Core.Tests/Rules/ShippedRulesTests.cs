using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Rules;

/// <summary>Every rule that ships, with the events that are kept beside it.</summary>
public sealed class ShippedRulesTests
{
    private static readonly (string Name, string Yaml)[] All =
    [
        .. Directory.EnumerateFiles(RepositoryFiles.Rules, "*.yml").Order(StringComparer.Ordinal)
            .Select(static path => (Path.GetFileName(path), File.ReadAllText(path))),
    ];

    private static readonly RuleSet Shipped = RuleSet.Load(All);
    private static readonly RuleTester Tester = new(All);

    public static TheoryData<string> Files => [.. Shipped.Rules.Select(static rule => rule.File)];

    [Fact]
    public void Load_ShippedRules_AllOfThem()
    {
        Assert.Empty(Shipped.Errors);
        Assert.Equal(
            Directory.EnumerateFiles(RepositoryFiles.Rules, "*.test.jsonl").Select(static path => Path.GetFileName(path).Split('.')[0]).Order(StringComparer.Ordinal),
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

    private static SigmaRule Rule(string file) => Shipped.Rules.Single(rule => rule.File == file);
}
