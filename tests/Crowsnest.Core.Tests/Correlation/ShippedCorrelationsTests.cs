using Crowsnest.Core.Correlation;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Correlation;

/// <summary>Every correlation that ships, with the sequences that are kept beside it.</summary>
public sealed class ShippedCorrelationsTests
{
    private static readonly RuleSet Shipped = RuleSet.Load(RepositoryFiles.RuleFiles);
    private static readonly CorrelationTester Tester = new(Shipped);

    public static TheoryData<string> Files => [.. Shipped.Correlations.Select(static rule => rule.File)];

    [Fact]
    public void Load_ShippedCorrelations_AllOfThem() => Assert.Equal(
        Directory.EnumerateFiles(RepositoryFiles.Rules, "*.sequence.jsonl")
            .Select(static path => Path.GetFileName(path).Split('.')[0]).Order(StringComparer.Ordinal),
        Shipped.Correlations.Select(static rule => Path.GetFileNameWithoutExtension(rule.File)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Files))]
    public void Correlation_ItsOwnSequences_FireAndNearMissesDoNot(string file)
    {
        IReadOnlyList<string> faults = Tester.Run(
            Rule(file).Reference.Id, File.ReadLines(Path.Combine(RepositoryFiles.Rules, Path.ChangeExtension(file, ".sequence.jsonl"))));

        Assert.Empty(faults);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Correlation_Metadata_IsComplete(string file)
    {
        CorrelationRule rule = Rule(file);

        Assert.Equal(Path.GetFileNameWithoutExtension(file), rule.Name);
        Assert.NotEmpty(rule.FalsePositives);
        Assert.True(rule.Description.Length > 80, "the description says why an attacker does this and what to check");
        Assert.All(rule.Techniques, technique => Assert.True(
            AttackCatalogue.Tactics(technique).Intersect(rule.Tactics).Any(),
            $"{technique} serves none of {string.Join(", ", rule.Tactics)}"));
        Assert.All(rule.Tactics, tactic => Assert.True(
            rule.Techniques.Any(technique => AttackCatalogue.Tactics(technique).Contains(tactic)), $"no technique serves {tactic}"));
    }

    // Whoever writes a correlation of a rule that alerts must not silence it by accident.
    [Fact]
    public void Rules_ThatAreSilent_AreInformational() => Assert.All(
        Shipped.Rules.Where(Shipped.IsSilent),
        static rule => Assert.Equal(Crowsnest.Core.Detections.Severity.Informational, rule.Severity));

    private static CorrelationRule Rule(string file) => Shipped.Correlations.Single(rule => rule.File == file);
}
