using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Alerting;

public sealed class AlertContentTests
{
    [Fact]
    public void Of_Incident_AnswersTheFourQuestionsInTextAndHtml()
    {
        AlertMail mail = AlertMail.Of(Alert(Some.Detection("a")));

        Assert.Equal("[High] prod: Rule a, by jane@example.org", mail.Subject);
        foreach (string part in new[] { mail.Text, mail.Html })
        {
            foreach (string answer in new[]
            {
                "create pods/exec (101)", "jane@example.org (user)", "198.51.100.7", "pods/exec web in shop",
                "a shell in web", "raw/x.jsonl.gz",
            })
            {
                Assert.Contains(answer, part, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Of_Update_AnswersTheFirstAlert()
    {
        Incident incident = IncidentBuilder.Group([Some.Detection("a")])[0];
        AlertContent first = AlertContent.Of(incident, 1, RuleSet.Empty, links: null);
        AlertContent second = AlertContent.Of(incident, 2, RuleSet.Empty, links: null);

        Assert.Null(first.InReplyTo);
        Assert.Equal(first.MessageId, second.InReplyTo);
        Assert.NotEqual(first.MessageId, second.MessageId);
        Assert.StartsWith("[High] Update: prod", second.Subject, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_SameIncidentGrown_HasTheSameMessageId() =>
        Assert.Equal(Alert(Some.Detection("a")).MessageId, Alert(Some.Detection("a"), Some.Detection("b", 5)).MessageId);

    [Fact]
    public void Of_ManyReasonsOfTheModel_KeepsThoseOfRules()
    {
        Detection[] unusual =
        [
            .. Enumerable.Range(0, 20).Select(static i => Some.Detection($"m{i}", i, Severity.Critical) with
            {
                Source = DetectionSource.Model,
                Reasons = [new Reason("rarity", $"expected once in {i} days", 0), new Reason("Network", $"network {i}", 0.5)],
            }),
        ];
        Detection[] rule =
        [
            .. Enumerable.Range(20, 20).Select(static i => Some.Detection($"r{i}", i, Severity.Low) with
            {
                Rule = new RuleReference("shell", "Shell", "1"),
                Reasons = [new Reason("rule", $"Shell: objectRef.name is web-{i}", 0)],
            }),
        ];

        Assert.Equal(
            ["expected once in 0 days", "network 0", "network 1", "network 2", "network 3", "Shell: objectRef.name is web-20"],
            Alert([.. unusual, .. rule]).Reasons);
    }

    [Fact]
    public void Of_RuleWithKnownHarmlessCauses_SaysWhatToCheck()
    {
        string checks = string.Join('\n', SampleIncident.Alert().Checks);

        Assert.Contains("Cluster-admin granted: A binding to cluster-admin", checks, StringComparison.Ordinal);
        Assert.Contains("Harmless causes: ", checks, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_Grant_SaysWhichBindingToDelete()
    {
        string[] stops = [.. SampleIncident.Alert().Stops.Select(static command => command.Line)];

        Assert.Contains("kubectl delete clusterrolebindings ci-deployer", stops);
        Assert.Contains("kubectl delete clusterrolebindings backup-sync", stops);
    }

    [Theory]
    [InlineData(
        "RBAC: allowed by ClusterRoleBinding \"system:discovery\" of ClusterRole \"system:discovery\" "
        + "to Group \"system:authenticated\"")]
    [InlineData("")]
    [InlineData("allowed by ClusterRoleBinding \"x\"")]
    public void Stops_BindingOfKubernetesOrNone_NamesNoBinding(string allowedBy)
    {
        AlertContent alert = Alert(Some.Detection("a") with { AllowedBy = allowedBy });

        Assert.DoesNotContain(alert.Stops, static command => command.Line.Contains("rolebinding", StringComparison.Ordinal));
    }

    [Fact]
    public void Stops_RoleBinding_IsNamedWithItsNamespace()
    {
        AlertContent alert = Alert(Some.Detection("a") with
        {
            AllowedBy = "RBAC: allowed by RoleBinding \"devs/shop\" of Role \"edit\" to Group \"devs\"",
        });

        Assert.Contains(alert.Stops, static command =>
            command.Line == "kubectl delete rolebindings devs -n shop"
            && command.Why.EndsWith("from everyone in Group \"devs\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("x; rm -rf ~", "'x; rm -rf ~'")]
    [InlineData("$(id)", "'$(id)'")]
    [InlineData("a'b", "'a'\\''b'")]
    [InlineData("--all", "'--all'")]
    [InlineData("a\nb", "'a b'")]
    [InlineData("web-5d8f", "web-5d8f")]
    public void ShellWord_WhateverSomebodyChose_IsOneWord(string name, string word)
    {
        AlertContent alert = Alert(Some.Detection("a") with { Target = new TargetObject("pods", "", "shop", name) });

        Assert.Equal(word, SafeText.ShellWord(name));
        Assert.Contains(alert.Looks, command => command.Line == $"kubectl get pods {word} -n shop -o yaml");
    }

    [Fact]
    public void Looks_Secret_NeverPrintsItsContent()
    {
        AlertContent alert = Alert(Some.Detection("a") with { Target = new TargetObject("secrets", "", "shop", "db") });

        string line = Assert.Single(alert.Looks, static command => command.Line.StartsWith("kubectl get", StringComparison.Ordinal)).Line;
        Assert.DoesNotContain("yaml", line, StringComparison.Ordinal);
        Assert.DoesNotContain("json", line, StringComparison.Ordinal);
    }

    private static AlertContent Alert(params Detection[] detections) =>
        AlertContent.Of(IncidentBuilder.Group(detections)[0], 1, RuleSet.Empty, links: null);
}
