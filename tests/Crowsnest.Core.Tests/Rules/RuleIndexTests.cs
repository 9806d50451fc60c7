using System.Text;
using System.Text.Json;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Rules;

/// <summary>The index leaves out only what can't match, and so do the candidates of an event.</summary>
public sealed class RuleIndexTests
{
    private static readonly RuleSet Shipped = RuleSet.Load(RepositoryFiles.RuleFiles);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Match_EventsOfAllShippedRules_AsWithoutIndex(bool isVerbShouted)
    {
        AuditEventParser parser = new();
        int found = 0;
        foreach (string line in Directory.EnumerateFiles(RepositoryFiles.Rules, "*.test.jsonl").SelectMany(File.ReadLines))
        {
            using JsonDocument test = JsonDocument.Parse(line);
            byte[] json = Encoding.UTF8.GetBytes(test.RootElement.GetProperty("event").GetRawText());
            parser.Parse(json, "test", DateTimeOffset.UnixEpoch, out AuditEvent? audit);
            audit!.Verb = isVerbShouted ? audit.Verb.ToUpperInvariant() : audit.Verb;
            using EventView view = new(audit);
            List<SigmaRule> matches = [];
            List<SigmaRule> ofCandidates = [];

            Shipped.Match(view, matches);
            RuleSet.Match(view, Shipped.Candidates(view, Severity.Informational), ofCandidates);

            Assert.Equal(matches, ofCandidates);
            Assert.Equal(Shipped.Rules.Where(rule => !rule.IsOff && rule.IsMatch(view)).Select(static rule => rule.Name), Names(matches));
            found += matches.Count;
        }

        Assert.True(found > 200, $"{found} matches");
    }

    [Theory]
    [InlineData("filter: {objectRef.subresource: [status, scale]}", false)]
    [InlineData("filter: {objectRef.subresource: [null, status]}", false)]
    [InlineData("filter: {objectRef.subresource|startswith: sta}", true)]
    [InlineData("filter: {objectRef.subresource|neq: status}", true)]
    [InlineData("filter: {objectRef.subresource: status, objectRef.namespace: a}", true)]
    [InlineData("filter: {objectRef.subresource: scale}", true)]
    public void CanMatch_WhatAFilterTakesOutWhateverElseItHas_IsRuledOut(string filter, bool expected)
    {
        RuleSet rules = RuleSet.Load([("rule.yml", SigmaYaml.Rule(
            $"selection: {{verb: update}}\n  {filter}\n  condition: selection and not filter"))]);
        (string, string)[] known = [("verb", "update"), ("objectRef.resource", "pods"), ("objectRef.subresource", "status")];

        Assert.Empty(rules.Errors);
        Assert.Equal(expected, Assert.Single(rules.Rules).Matcher.CanMatch(known));
    }

    [Theory]
    [InlineData("403", true)]
    [InlineData("[401, 403]", true)]
    [InlineData("404", false)]
    public void Match_AlternativesWithoutACommonField_EachCounts(string code, bool expected)
    {
        RuleSet rules = RuleSet.Load([("rule.yml", SigmaYaml.Rule(
            $"a: {{verb: delete}}\n  b: {{crowsnest.principalClass: Human, responseStatus.code: {code}}}\n  condition: a or b"))]);
        using EventView view = new(new EventJson { Verb = "create", Code = 403 }.ToEvent());
        List<SigmaRule> matches = [];

        rules.Match(view, matches);

        Assert.Equal(expected, matches.Count == 1);
    }

    private static IEnumerable<string> Names(IEnumerable<SigmaRule> rules) => rules.Select(static rule => rule.Name);
}
