using System.Text.Json;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Rules;

/// <summary>Every rule that ships, with the events that are kept beside it.</summary>
public sealed class ShippedRulesTests
{
    private static readonly RuleSet Shipped = RuleSet.Load(
        Directory.EnumerateFiles(RepositoryFiles.Rules, "*.yml").Select(static path => (Path.GetFileName(path), File.ReadAllText(path))));

    public static TheoryData<string> Files => [.. Shipped.Rules.Select(static rule => rule.File)];

    [Fact]
    public void Load_ShippedRules_AllOfThem()
    {
        Assert.Empty(Shipped.Errors);
        Assert.Equal(Directory.EnumerateFiles(RepositoryFiles.Rules, "*.yml").Count(), Shipped.Rules.Count);
        Assert.True(Shipped.Rules.Count >= 10);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Rule_ItsOwnEvents_FireAndNearMissesDoNot(string file)
    {
        SigmaRule rule = Shipped.Rules.Single(rule => rule.File == file);
        string path = Path.Combine(RepositoryFiles.Rules, Path.ChangeExtension(file, ".test.jsonl"));
        int fired = 0;
        int silent = 0;

        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument test = JsonDocument.Parse(line);
            bool expected = test.RootElement.GetProperty("fires").GetBoolean();
            byte[] json = System.Text.Encoding.UTF8.GetBytes(test.RootElement.GetProperty("event").GetRawText());
            Assert.Equal(
                AuditParseStatus.Parsed,
                new AuditEventParser().Parse(json, "test", DateTimeOffset.UnixEpoch, out AuditEvent? audit));
            using EventView view = new(audit!);
            List<SigmaRule> matches = [];
            Shipped.Match(view, matches);
            Assert.True(matches.Contains(rule) == expected, test.RootElement.GetProperty("why").GetString());
            fired += expected ? 1 : 0;
            silent += expected ? 0 : 1;
        }

        Assert.True(fired >= 2 && silent >= 2, $"{file} has {fired} events that fire and {silent} that do not");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Rule_Metadata_IsComplete(string file)
    {
        SigmaRule rule = Shipped.Rules.Single(rule => rule.File == file);

        Assert.NotEmpty(rule.Tactics);
        Assert.NotEmpty(rule.Techniques);
        Assert.NotEmpty(rule.FalsePositives);
        Assert.True(rule.Description.Length > 80, "the description says why an attacker does this and what to check");
        Assert.Matches(@"^\d{4}-\d{2}-\d{2}$", rule.Reference.Version);
        Assert.All(rule.Techniques, static technique => Assert.Matches(@"^T\d{4}(\.\d{3})?$", technique));
    }
}
