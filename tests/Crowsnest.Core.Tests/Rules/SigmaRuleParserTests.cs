using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Rules;

public sealed class SigmaRuleParserTests
{
    [Theory]
    [InlineData("selection: {verb: create}", true)]
    [InlineData("selection: {verb: CREATE}", true)]
    [InlineData("selection: {verb: delete}", false)]
    [InlineData("selection: {verb: [delete, create]}", true)]
    [InlineData("selection: {'verb|cased': CREATE}", false)]
    [InlineData("selection: {user.username: 'jane@*'}", true)]
    [InlineData("selection: {user.username: '*@example.org'}", true)]
    [InlineData("selection: {user.username: 'j?ne@*.org'}", true)]
    [InlineData("selection: {user.username: 'jane\\*'}", false)]
    [InlineData("selection: {'user.username|contains': [nobody, example]}", true)]
    [InlineData("selection: {'user.username|contains|all': [jane, example]}", true)]
    [InlineData("selection: {'user.username|contains|all': [jane, nobody]}", false)]
    [InlineData("selection: {'user.username|startswith': jane, 'user.username|endswith': .org}", true)]
    [InlineData("selection: {'user.username|re': '^j.*g$'}", true)]
    [InlineData("selection: {'user.username|re|i': '^JANE'}", true)]
    [InlineData("selection: {'sourceIPs|cidr': 198.51.100.0/24}", true)]
    [InlineData("selection: {'sourceIPs|cidr': 10.0.0.0/8}", false)]
    [InlineData("selection: {'responseStatus.code|gte': 201}", true)]
    [InlineData("selection: {'responseStatus.code|lt': 201}", false)]
    [InlineData("selection: {responseStatus.code: 201}", true)]
    [InlineData("selection: {'objectRef.subresource|exists': false}", true)]
    [InlineData("selection: {objectRef.subresource: null}", true)]
    [InlineData("selection: {user.groups: system:authenticated}", true)]
    [InlineData("selection: {annotations.authorization.k8s.io/decision: allow}", true)]
    [InlineData("selection: {requestObject.metadata.labels.app.kubernetes.io/name: web}", true)]
    [InlineData("selection: {podSpec.containers.image: '*miner*'}", true)]
    [InlineData("selection: {podSpec.containers.securityContext: '*'}", true)]
    [InlineData("selection: {'requestObject.metadata.name|fieldref': objectRef.name}", true)]
    [InlineData("selection: {'requestObject.metadata.name|fieldref': objectRef.namespace}", false)]
    [InlineData("selection: ['198.51.100.7', nothing]", true)]
    [InlineData("selection: [{verb: delete}, {verb: create}]", true)]
    public void IsMatch_Selection_FollowsTheSpecification(string selection, bool expected) =>
        Assert.Equal(expected, Matches($"{selection}\n  condition: selection"));

    [Theory]
    [InlineData("a and b", false)]
    [InlineData("a or b", true)]
    [InlineData("a and not b", true)]
    [InlineData("not (a and b)", true)]
    [InlineData("not a or not b", true)]
    [InlineData("1 of them", true)]
    [InlineData("all of them", false)]
    [InlineData("all of a*", true)]
    [InlineData("b or a and b", false)]
    public void IsMatch_Condition_FollowsTheSpecification(string condition, bool expected) =>
        Assert.Equal(expected, Matches($"a: {{verb: create}}\n  b: {{verb: delete}}\n  condition: {condition}"));

    [Theory]
    [InlineData("s: {verbb: create}\n  condition: s", "did you mean 'verb'")]
    [InlineData("s: {username: x}\n  condition: s", "did you mean")]
    [InlineData("s: {verb|like: create}\n  condition: s", "'like' is not known")]
    [InlineData("s: {verb: create}\n  condition: t", "names 't'")]
    [InlineData("s: {verb: create}\n  condition: s and", "ends too early")]
    [InlineData("s: {verb: create}\n  condition: (s", "')' is missing")]
    [InlineData("s: {'verb|re': '(?=x)y'}\n  condition: s", "linear time")]
    [InlineData("s: {'sourceIPs|cidr': nonsense}\n  condition: s", "CIDR")]
    public void Parse_BrokenRule_SaysWhatIsWrong(string detection, string expected)
    {
        RuleSet rules = RuleSet.Load([("broken.yml", Yaml(detection)), ("good.yml", Yaml("s: {verb: create}\n  condition: s", "0b5b5a5e-1f1a-4f6e-9d5f-7b0a4c0f2d12"))]);

        RuleError error = Assert.Single(rules.Errors);
        Assert.Equal("broken.yml", error.File);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Single(rules.Rules);
    }

    [Fact]
    public void Parse_YamlBomb_IsRefused()
    {
        string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n";

        RuleSet rules = RuleSet.Load([("bomb.yml", bomb)]);

        Assert.Contains("aliases", Assert.Single(rules.Errors).Message, StringComparison.Ordinal);
    }

    private static bool Matches(string detection)
    {
        EventJson json = new()
        {
            RequestObject = """
                {"metadata":{"name":"web","labels":{"app.kubernetes.io/name":"web"}},"spec":{
                "containers":[{"image":"app:1"}],"initContainers":[{"image":"x/miner:2","securityContext":{}}]}}
                """,
        };
        RuleSet rules = RuleSet.Load([("rule.yml", Yaml(detection))]);
        Assert.Empty(rules.Errors);
        using EventView view = new(json.ToEvent());
        List<SigmaRule> matches = [];
        rules.Match(view, matches);
        return matches.Count == 1;
    }

    private static string Yaml(string detection, string id = "0b5b5a5e-1f1a-4f6e-9d5f-7b0a4c0f2d11") =>
        $"""
        title: A rule
        id: {id}
        logsource:
          product: kubernetes
          service: audit
        detection:
          {detection}
        level: high
        """;
}
