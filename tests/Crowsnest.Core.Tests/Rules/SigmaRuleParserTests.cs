using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Rules;

public sealed class SigmaRuleParserTests
{
    [Theory]
    [InlineData("s: {verbb: create}\n  condition: s", "did you mean 'verb'")]
    [InlineData("s: {username: x}\n  condition: s", "did you mean")]
    [InlineData("s: {verb|like: create}\n  condition: s", "'like' is not known")]
    [InlineData("s: {verb: create}\n  condition: t", "names 't'")]
    [InlineData("s: {verb: create}\n  condition: s and", "ends too early")]
    [InlineData("s: {verb: create}\n  condition: (s", "')' is missing")]
    [InlineData("s: {'verb|re': '(?=x)y'}\n  condition: s", "linear time")]
    [InlineData("s: {'sourceIPs|cidr': nonsense}\n  condition: s", "CIDR")]
    [InlineData("s: {podSpec.hostpid: x}\n  condition: s", "did you mean 'podSpec.hostPID'")]
    [InlineData(
        "s: {podSpec.containers.securityContxt.privileged: x}\n  condition: s",
        "did you mean 'podSpec.containers.securityContext'")]
    [InlineData("s: {'verb|expand': '%absent%'}\n  condition: s", "no list 'absent'")]
    [InlineData("s: {'verb|gt': many}\n  condition: s", "not a number")]
    [InlineData("s: {verb: create}\n  condition: 2 of them", "'2 of' is not known")]
    public void Parse_BrokenRule_SaysWhatIsWrong(string detection, string expected)
    {
        string good = SigmaYaml.Rule("s: {verb: create}\n  condition: s", "0b5b5a5e-1f1a-4f6e-9d5f-7b0a4c0f2d12");
        RuleSet rules = RuleSet.Load([("broken.yml", SigmaYaml.Rule(detection)), ("good.yml", good)]);

        RuleError error = Assert.Single(rules.Errors);
        Assert.Equal("broken.yml", error.File);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Single(rules.Rules);
    }

    [Fact]
    public void Parse_DeepNesting_IsRefused()
    {
        RuleSet rules = RuleSet.Load([("deep.yml", "a: " + new string('[', 100_000))]);

        Assert.Contains("deeper", Assert.Single(rules.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_YamlBomb_IsRefused()
    {
        string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n";

        RuleSet rules = RuleSet.Load([("bomb.yml", bomb)]);

        Assert.Contains("aliases", Assert.Single(rules.Errors).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rules: [web-rule]\n  s: {user.username: 'jane*'}\n  condition: not s", false)]
    [InlineData("rules: [0b5b5a5e-1f1a-4f6e-9d5f-7b0a4c0f2d11]\n  s: {user.username: 'joe*'}\n  condition: not s", true)]
    [InlineData("rules: any\n  s: {user.username: 'joe*'}\n  condition: s", false)]
    public void Filter_NarrowsTheRulesItNames(string filter, bool expected)
    {
        string rule = "name: web-rule\n" + SigmaYaml.Rule("s: {verb: create}\n  condition: s");
        string narrowing = $"title: A filter\nlogsource: {{product: kubernetes, service: audit}}\nfilter:\n  {filter}\n";
        RuleSet rules = RuleSet.Load([("rule.yml", rule), ("filter.yml", narrowing)]);
        using EventView view = new(new EventJson().ToEvent());
        List<SigmaRule> matches = [];

        rules.Match(view, matches);

        Assert.Empty(rules.Errors);
        Assert.Equal(expected, matches.Count == 1);
    }

    [Fact]
    public void Filter_OfNoRule_IsAnError()
    {
        RuleSet rules = RuleSet.Load(
            [("filter.yml", "title: A filter\nfilter:\n  rules: [nothing]\n  s: {verb: get}\n  condition: not s\n")]);

        Assert.Contains("nothing", Assert.Single(rules.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SeveralDocumentsInAFile_AllOfThem()
    {
        string first = SigmaYaml.Rule("s: {verb: get}\n  condition: s");
        string second = SigmaYaml.Rule("s: {verb: list}\n  condition: s", "0b5b5a5e-1f1a-4f6e-9d5f-7b0a4c0f2d12");
        RuleSet rules = RuleSet.Load([("two.yml", first + "\n---\n" + second)]);

        Assert.Empty(rules.Errors);
        Assert.Equal(2, rules.Rules.Count);
    }

    [Fact]
    public void Load_RuleWithoutIdAndLevel_GetsBothAndAdvice()
    {
        const string yaml = """
            title: A short rule
            logsource: {product: kubernetes, service: audit}
            detection: {s: {verb: create}, condition: s}
            """;

        SigmaRule rule = Assert.Single(RuleSet.Load([("short.yml", yaml)]).Rules);

        Assert.True(Guid.TryParse(rule.Reference.Id, out _));
        Assert.Equal(rule.Reference.Id, RuleSet.Load([("other.yml", yaml)]).Rules[0].Reference.Id);
        Assert.Equal(Crowsnest.Core.Detections.Severity.Medium, rule.Severity);
        Assert.Equal(2, rule.Notes.Count);
    }

    [Fact]
    public void Load_RuleThatNeedsAnEmptyList_IsOff()
    {
        const string needs = "crowsnest:\n  requires: [nobody]\n";
        string rule = needs + SigmaYaml.Rule("s: {verb: create}\n  condition: s");
        RuleSet rules = RuleSet.Load([("lists.yml", SigmaYaml.Lists), ("rule.yml", rule)]);
        using EventView view = new(new EventJson().ToEvent());
        List<SigmaRule> matches = [];

        rules.Match(view, matches);

        Assert.True(Assert.Single(rules.Rules).IsOff);
        Assert.Empty(matches);
    }
}
