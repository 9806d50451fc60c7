using System.Diagnostics;
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
    [InlineData("selection: {'verb|neq': delete}", true)]
    [InlineData("selection: {'verb|neq': [delete, create]}", false)]
    [InlineData("selection: {'podSpec.containers.image|startswith|neq': app}", true)]
    [InlineData("selection: {'podSpec.containers.image|startswith|neq': [app, x/]}", false)]
    [InlineData("selection: {'user.username|neq': ['joe@*', 'jane@*']}", false)]
    [InlineData("selection: {'requestObject.data.encoded|base64': 'curl http://x'}", true)]
    [InlineData("selection: {'requestObject.data.encoded|base64': 'wget http://x'}", false)]
    [InlineData("selection: {'requestObject.data.inside|base64offset|contains': '/bin/sh'}", true)]
    [InlineData("selection: {'requestObject.data.inside|base64offset|contains': '/bin/zsh'}", false)]
    [InlineData("selection: {'requestObject.data.wide|wide|base64offset|contains': 'Invoke'}", true)]
    [InlineData("selection: {'requestObject.data.wide|utf16be|base64offset|contains': 'Invoke'}", false)]
    [InlineData("selection: {'requestObject.data.dash|windash|contains': ' -exec'}", true)]
    [InlineData("selection: {'requestObject.data.dash|contains': ' -exec'}", false)]
    [InlineData("selection: {'user.username|expand': '%people%'}", true)]
    [InlineData("selection: {'user.username|startswith|expand': '%first%@'}", true)]
    [InlineData("selection: {'user.username|expand': '%nobody%'}", false)]
    [InlineData("selection: {'requestObject.data.*': second}", true)]
    [InlineData("selection: {'requestObject.data.*|contains': third}", false)]
    [InlineData("selection: {'requestObject.metadata.labels.app': shop, 'requestObject.metadata.labels.app.kubernetes.io/name': web}", true)]
    [InlineData("selection: {requestObject.count: 7}", true)]
    [InlineData("selection: {requestObject.flag: true}", true)]
    [InlineData("selection: {requestObject.flag: false}", false)]
    [InlineData("selection: {'requestObject.count|gt': 6.5}", true)]
    [InlineData("selection: {requestObject.nothing: null}", true)]
    [InlineData("selection: {requestObject.missing: ''}", true)]
    [InlineData("selection: {'verb|neq': null}", true)]
    [InlineData("selection: {'objectRef.subresource|neq': null}", false)]
    [InlineData("selection: {'objectRef.subresource|neq': [null, exec]}", false)]
    [InlineData("selection: {'verb|neq': [null, delete]}", true)]
    [InlineData("selection: {objectRef.subresource: [exec, null]}", true)]
    [InlineData("selection: {user.username: ''}", false)]
    [InlineData("selection: {'|all': ['198.51.100.7', jane]}", true)]
    [InlineData("selection: {'|all': ['198.51.100.7', nobody]}", false)]
    [InlineData("selection: {'objectRef.name|fieldref|startswith': requestObject.metadata.name}", true)]
    [InlineData("selection: {'objectRef.name|fieldref|neq': requestObject.metadata.name}", false)]
    [InlineData("selection: {'user.username|re|m|s': '^jane.*org$'}", true)]
    [InlineData("selection: {objectRef.namespace: 's\\*'}", false)]
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
    [InlineData("s: {podSpec.hostpid: x}\n  condition: s", "did you mean 'podSpec.hostPID'")]
    [InlineData("s: {podSpec.containers.securityContxt.privileged: x}\n  condition: s", "did you mean 'podSpec.containers.securityContext'")]
    [InlineData("s: {'verb|expand': '%absent%'}\n  condition: s", "no list 'absent'")]
    [InlineData("s: {'verb|gt': many}\n  condition: s", "not a number")]
    [InlineData("s: {verb: create}\n  condition: 2 of them", "'2 of' is not known")]
    public void Parse_BrokenRule_SaysWhatIsWrong(string detection, string expected)
    {
        RuleSet rules = RuleSet.Load([("broken.yml", Yaml(detection)), ("good.yml", Yaml("s: {verb: create}\n  condition: s", "0b5b5a5e-1f1a-4f6e-9d5f-7b0a4c0f2d12"))]);

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
        RuleSet rules = RuleSet.Load([("rule.yml", "name: web-rule\n" + Yaml("s: {verb: create}\n  condition: s")), ("filter.yml", $"title: A filter\nlogsource: {{product: kubernetes, service: audit}}\nfilter:\n  {filter}\n")]);
        using EventView view = new(new EventJson().ToEvent());
        List<SigmaRule> matches = [];

        rules.Match(view, matches);

        Assert.Empty(rules.Errors);
        Assert.Equal(expected, matches.Count == 1);
    }

    [Fact]
    public void Filter_OfNoRule_IsAnError()
    {
        RuleSet rules = RuleSet.Load([("filter.yml", "title: A filter\nfilter:\n  rules: [nothing]\n  s: {verb: get}\n  condition: not s\n")]);

        Assert.Contains("nothing", Assert.Single(rules.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SeveralDocumentsInAFile_AllOfThem()
    {
        RuleSet rules = RuleSet.Load([("two.yml", Yaml("s: {verb: get}\n  condition: s") + "\n---\n" + Yaml("s: {verb: list}\n  condition: s", "0b5b5a5e-1f1a-4f6e-9d5f-7b0a4c0f2d12"))]);

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
        RuleSet rules = RuleSet.Load([("lists.yml", Lists), ("rule.yml", needs + Yaml("s: {verb: create}\n  condition: s"))]);
        using EventView view = new(new EventJson().ToEvent());
        List<SigmaRule> matches = [];

        rules.Match(view, matches);

        Assert.True(Assert.Single(rules.Rules).IsOff);
        Assert.Empty(matches);
    }

    [Fact]
    public void LoadAndMatch_TenTimesAsManyTerms_TakesAboutTenTimesAsLong()
    {
        static void LoadAndMatch(int count)
        {
            string terms = string.Join(',', Enumerable.Range(0, count).Select(static i => $"'term{i}*x?{i}'"));
            RuleSet rules = RuleSet.Load([("many.yml", Yaml($"s: {{'user.username|contains': [{terms}]}}\n  condition: s"))]);
            using EventView view = new(new EventJson { User = new string('a', 10_000) }.ToEvent());
            Assert.False(rules.Rules[0].IsMatch(view));
        }

        // Quadratic would be a hundred; the rest is room for a busy machine.
        Assert.InRange(Fastest(static () => LoadAndMatch(10_000)) / Fastest(static () => LoadAndMatch(1_000)), 0, 40);
    }

    [Theory]
    [InlineData("s: {'user.username|re': '(a+)+$'}", true)]
    [InlineData("s: {'user.username|re': '(a|aa)*b'}", false)]
    [InlineData("s: {'user.username|re': '(.*)(.*)(.*)(.*)(.*)x'}", false)]
    [InlineData("s: {user.username: 'a*a*a*a*a*a*a*a*a*a*a*b'}", false)]
    [InlineData("s: {user.username: 'a*a*a*a*a*a*a*a*a*a*a?b'}", false)]
    public void IsMatch_EvilPatternAndTenTimesTheText_TakesAboutTenTimesAsLong(string selection, bool expected)
    {
        RuleSet rules = RuleSet.Load([("evil.yml", Yaml($"{selection}\n  condition: s"))]);

        double Match(int length)
        {
            using EventView view = new(new EventJson { User = new string('a', length) }.ToEvent());
            return Fastest(() => Assert.Equal(expected, rules.Rules[0].IsMatch(view)));
        }

        Assert.InRange(Match(200_000) / Match(20_000), 0, 40);
    }

    // Seconds; of several tries, since anything else on the machine only ever adds to them.
    private static double Fastest(Action action)
    {
        action();
        return Enumerable.Range(0, 5).Min(_ =>
        {
            long started = Stopwatch.GetTimestamp();
            action();
            return Stopwatch.GetElapsedTime(started).TotalSeconds;
        });
    }

    private const string Lists = "lists:\n  people: ['jane@*', joe]\n  first: [jan, jane]\n  nobody: []\n";

    private static bool Matches(string detection)
    {
        EventJson json = new()
        {
            RequestObject = """
                {"metadata":{"name":"web","labels":{"app":"shop","app.kubernetes.io/name":"web"}},"count":7,"flag":true,"nothing":null,
                "data":{"a":"first","b":"second","encoded":"Y3VybCBodHRwOi8veA==","inside":"eHgvYmluL3NoIC1j","wide":"SQBuAHYAbwBrAGUA","dash":"find \u2013exec"},
                "spec":{
                "containers":[{"image":"app:1"}],"initContainers":[{"image":"x/miner:2","securityContext":{}}]}}
                """,
        };
        RuleSet rules = RuleSet.Load([("lists.yml", Lists), ("rule.yml", Yaml(detection))]);
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
