using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Rules;

/// <summary>Selections and conditions against one event, as Sigma's specification has them.</summary>
public sealed class SigmaRuleMatchTests
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
    [InlineData(
        "selection: {'requestObject.metadata.labels.app': shop, 'requestObject.metadata.labels.app.kubernetes.io/name': web}", true)]
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

    private static bool Matches(string detection)
    {
        EventJson json = new()
        {
            RequestObject = """
                {"metadata":{"name":"web","labels":{"app":"shop","app.kubernetes.io/name":"web"}},"count":7,"flag":true,"nothing":null,
                "data":{"a":"first","b":"second","encoded":"Y3VybCBodHRwOi8veA==","inside":"eHgvYmluL3NoIC1j",
                "wide":"SQBuAHYAbwBrAGUA","dash":"find \u2013exec"},
                "spec":{
                "containers":[{"image":"app:1"}],"initContainers":[{"image":"x/miner:2","securityContext":{}}]}}
                """,
        };
        RuleSet rules = RuleSet.Load([("lists.yml", SigmaYaml.Lists), ("rule.yml", SigmaYaml.Rule(detection))]);
        Assert.Empty(rules.Errors);
        using EventView view = new(json.ToEvent());
        List<SigmaRule> matches = [];
        rules.Match(view, matches);
        return matches.Count == 1;
    }
}
