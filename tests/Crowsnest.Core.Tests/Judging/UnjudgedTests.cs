using System.Collections.Frozen;
using System.Text;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Judging;

/// <summary>A rule that breaks at an event costs no other event of the batch, and is no secret.</summary>
public sealed class UnjudgedTests
{
    [Fact]
    public void Judge_OneEventBreaksARule_TheOthersAreJudgedAndSomebodyIsTold()
    {
        RuleSet rules = RuleSet.Load(RepositoryFiles.RuleFiles);
        foreach (SigmaRule rule in rules.Rules)
        {
            rule.Restrict(new BreaksAt("breaks"));
        }

        AuditPipeline pipeline = new(new MessageReader(new AuditEventParser(), "default"), new Judge(rules, null, 10));
        EventJson secrets = new() { Verb = "list", Resource = "secrets", Namespace = "", Name = "", Code = 200 };
        string[] ids = ["before", "breaks", "after"];
        string lines = string.Join('\n', ids.Select(id => (secrets with { AuditId = id, User = id }).ToString()));
        using IntakeBatch batch = pipeline.Read([new HubMessage(Encoding.UTF8.GetBytes(lines), 1, default)]);
        Evidence[] evidence = [.. ids.Select(static (_, i) => new Evidence("raw", i + 1))];

        List<Detection> found = pipeline.Judge(batch, evidence, new HashSet<RequestKey>());

        Assert.Contains(found, static d => d.AuditIds[0] == "before" && d.Rule.Title == "Secrets of all namespaces listed");
        Assert.Contains(found, static d => d.AuditIds[0] == "after" && d.Rule.Title == "Secrets of all namespaces listed");
        Detection told = Assert.Single(found, static d => d.AuditIds[0] == "breaks");
        Assert.Equal("Event could not be judged", told.Rule.Title);
        Assert.Contains("InvalidOperationException", told.Reasons[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("words of an attacker", told.Reasons[0].Text, StringComparison.Ordinal);
        Assert.Equal(new Evidence("raw", 2), told.Evidence[0]);
        Incident incident = Assert.Single(IncidentBuilder.Group([told]));
        Assert.NotNull(incident.AlertFrom);
        Assert.Contains("list secrets", AlertMail.Of(AlertContent.Of(incident, 1, rules, links: null)).Text, StringComparison.Ordinal);
    }

    private sealed class BreaksAt(string auditId) : Matcher
    {
        internal override int Cost => 0;

        internal override bool IsStable => false;

        internal override bool IsMatch(EventView view) =>
            view.Event.AuditId == auditId ? throw new InvalidOperationException("words of an attacker") : true;

        internal override FrozenSet<string>? Required(string field) => null;
    }
}
