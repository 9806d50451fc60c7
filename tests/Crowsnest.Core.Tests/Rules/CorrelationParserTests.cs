using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Tests.Rules;

public sealed class CorrelationParserTests
{
    private const string Base = """
        title: Refused
        id: 11111111-1111-4111-8111-111111111111
        name: refused
        logsource: {product: kubernetes, service: audit}
        detection: {selection: {responseStatus.code: 403}, condition: selection}
        level: high
        """;

    private const string Count = """
        title: Many
        id: 22222222-2222-4222-8222-222222222222
        name: many
        correlation:
          type: event_count
          rules: [refused]
          group-by: [user.username]
          timespan: 10m
          condition: {gte: 5}
        level: medium
        """;

    [Fact]
    public void Load_EventCount_IsRead()
    {
        RuleSet rules = RuleSet.Load([("base.yml", Base), ("count.yml", Count)]);

        Assert.Empty(rules.Errors);
        CorrelationRule rule = Assert.Single(rules.Correlations);
        Assert.Equal(CorrelationType.EventCount, rule.Type);
        Assert.Equal(TimeSpan.FromMinutes(10), rule.Timespan);
        Assert.Equal(["11111111-1111-4111-8111-111111111111"], rule.Rules);
        Assert.True(rule.Condition.Holds(5, 0));
        Assert.False(rule.Condition.Holds(4, 0));
        Assert.False(rule.Condition.Holds(5, 6));
    }

    [Fact]
    public void Load_SeveralDocumentsInOneFile_AreRead() =>
        Assert.Single(RuleSet.Load([("both.yml", $"{Base}\n---\n{Count}")]).Correlations);

    [Fact]
    public void Load_RuleOfACorrelation_IsSilentUnlessItSaysGenerate()
    {
        RuleSet silent = RuleSet.Load([("base.yml", Base), ("count.yml", Count)]);
        string generating = Count.Replace("timespan", "generate: true\n  timespan", StringComparison.Ordinal);
        RuleSet loud = RuleSet.Load([("base.yml", Base), ("count.yml", generating)]);

        Assert.True(silent.IsSilent(silent.Rules[0]));
        Assert.False(loud.IsSilent(loud.Rules[0]));
    }

    [Fact]
    public void Load_CorrelationOfACorrelation_ComesAfterIt()
    {
        string outer = Count.Replace("2222", "3333", StringComparison.Ordinal).Replace("name: many", "name: more", StringComparison.Ordinal)
            .Replace("[refused]", "[many]", StringComparison.Ordinal);

        RuleSet rules = RuleSet.Load([("a-outer.yml", outer), ("base.yml", Base), ("count.yml", Count)]);

        Assert.Equal(["many", "more"], rules.Correlations.Select(static rule => rule.Name));
    }

    [Fact]
    public void Load_Alias_NamesAnotherFieldOfEachRule()
    {
        string sequence = Count.Replace("event_count", "temporal", StringComparison.Ordinal)
            .Replace("[refused]", "[refused, other]", StringComparison.Ordinal)
            .Replace(
                "[user.username]",
                "[who]\n  aliases: {who: {refused: user.username, other: objectRef.name}}",
                StringComparison.Ordinal)
            .Replace("\n  condition: {gte: 5}", "", StringComparison.Ordinal);
        string other = Base.Replace("1111", "4444", StringComparison.Ordinal)
            .Replace("name: refused", "name: other", StringComparison.Ordinal);

        RuleSet rules = RuleSet.Load([("base.yml", Base), ("other.yml", other), ("sequence.yml", sequence)]);

        Assert.Empty(rules.Errors);
        Assert.Equal(
            ["objectRef.name", "user.username"],
            rules.Correlations[0].FieldsOfRule.Values.Select(static fields => fields[0]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("event_count", "event_cuont", "is not one of event_count")]
    [InlineData("[refused]", "[nobody]", "no rule or correlation has the id or name 'nobody'")]
    [InlineData("[refused]", "[many]", "no rule or correlation has the id or name 'many'")]
    [InlineData("10m", "10x", "is not a number with s, m, h or d")]
    [InlineData("10m", "3d", "longest that is looked back")]
    [InlineData("{gte: 5}", "{about: 5}", "'about' has no place in the condition")]
    [InlineData("{gte: 5}", "{field: verb, gte: 5}", "'field' has no place in the condition")]
    [InlineData("{gte: 5}", "{}", "the condition needs one of")]
    [InlineData("event_count", "value_count", "the condition needs a 'field'")]
    [InlineData("user.username", "user.usrname", "did you mean 'user.username'")]
    [InlineData("event_count", "absent", "has no place in the condition")]
    public void Load_BrokenCorrelation_SaysWhatWouldBeRight(string right, string wrong, string message)
    {
        RuleSet rules = RuleSet.Load([("base.yml", Base), ("count.yml", Count.Replace(right, wrong, StringComparison.Ordinal))]);

        RuleError error = Assert.Single(rules.Errors);
        Assert.Equal("count.yml", error.File);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Single(rules.Rules);
    }
}
