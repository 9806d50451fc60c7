using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Incidents;

/// <summary>An incident's title tells its story in a line.</summary>
public sealed class IncidentTitleTests
{
    private const string Pipeline = "system:serviceaccount:ci:deployer";
    private const string Backdoor = "system:serviceaccount:kube-system:metrics";

    private static readonly Detection AllSecrets = Rule("secrets-listed-cluster-wide", 1, Severity.Critical, new("secrets", "", "", ""));
    private static readonly Detection Shell = Rule("exec-into-system-pod", 9, Severity.High, new("pods", "exec", "kube-system", "coredns-1"));

    [Fact]
    public void Title_OneUsedWhatAnotherOpened_IsByTheFirstThroughTheSecond()
    {
        Assert.Equal(
            "All secrets read, then a shell in kube-system/coredns-1, by ci/deployer through kube-system/metrics",
            Title(AllSecrets with { Principal = Pipeline, Opens = [Backdoor] }, Shell with { Principal = Backdoor }));
    }

    [Fact]
    public void Title_TooLong_LeavesOutTheNameOfWhatWasTouched() => Assert.Equal(
        "All secrets read, then a shell in kube-system, by ci/deployer-of-all-that-we-have-ever-ma… through kube-system/metrics",
        Title(
            AllSecrets with { Principal = Pipeline + "-of-all-that-we-have-ever-made", Opens = [Backdoor] },
            Shell with { Principal = Backdoor, Target = Shell.Target! with { Name = new string('y', 60) } }));

    [Fact]
    public void Title_OneFinding_NamesWhatItTouched()
    {
        Assert.Equal(
            "Privileged container (shop/web), by jane@example.org",
            Title(Rule("privileged-container", 1, Severity.High, new("pods", "", "shop", "web"))));
        Assert.Equal(
            "Cluster-admin granted (joe@example.org), by jane@example.org",
            Title(Rule("cluster-admin-binding", 1, Severity.High, new("clusterrolebindings", "", "", "b")) with { Opens = ["joe@example.org"] }));
    }

    [Fact]
    public void Title_TwentyFindingsOfOneKind_AreCounted()
    {
        Assert.Equal(
            "Shells in 20 pods of shop, by jane@example.org",
            Title([.. Enumerable.Range(0, 20).Select(static i =>
                Rule("exec-into-pod", i, Severity.High, new("pods", "exec", "shop", $"web-{i}")) with { Id = $"e{i:D2}" })]));
        Assert.Equal(
            "Privileged container (20 pods), by jane@example.org",
            Title([.. Enumerable.Range(0, 20).Select(static i =>
                Rule("privileged-container", i, Severity.High, new("pods", "", "shop", $"web-{i}")) with { Id = $"e{i:D2}" })]));
    }

    [Fact]
    public void Title_ManyRulesAboutOneBehaviour_AreOneStep()
    {
        Detection lesser = Rule("exec-into-pod", 10, Severity.Medium, Shell.Target!);
        Detection correlation = Rule("many-secrets-fetched", 2, Severity.Medium, null) with
        {
            Source = DetectionSource.Correlation,
            AuditIds = AllSecrets.AuditIds,
        };

        Assert.Equal(
            "All secrets read, then a shell in kube-system/coredns-1, by jane@example.org",
            Title(AllSecrets, Shell, lesser, correlation));
    }

    [Fact]
    public void Title_OfManySteps_TellsTheGravestInOrderOfTime()
    {
        Detection[] findings =
        [
            Rule("service-account-created", 1, Severity.Low, new("serviceaccounts", "", "shop", "helper")),
            Rule("cluster-admin-binding", 3, Severity.High, new("clusterrolebindings", "", "", "b")) with { Opens = ["joe@example.org"] },
            Shell,
            Rule("crypto-miner", 30, Severity.Critical, new("deployments", "", "shop", "m")),
            Rule("port-forward", 40, Severity.Medium, new("pods", "portforward", "shop", "db")),
        ];
        const string Story = "Cluster-admin granted (joe@example.org), then a shell in kube-system/coredns-1, "
            + "then cryptocurrency miner deployed (shop/m)";

        string title = Title(findings);

        Assert.Equal("A shell in kube-system/coredns-1, then cryptocurrency miner deployed (shop/m), by jane@example.org", Title(findings[2..]
            .Where(static d => d.Severity > Severity.Medium).ToArray()));
        Assert.StartsWith(Story[..60], Title([findings[1], findings[2]]), StringComparison.Ordinal);
        Assert.InRange(title.Length, 40, 120);
        Assert.DoesNotContain("service account", title, StringComparison.OrdinalIgnoreCase);
        Assert.All(findings.Reverse().ToArray(), _ => Assert.Equal(title, Title([.. findings.Reverse()])));
    }

    [Theory]
    [InlineData("system:anonymous", "All secrets read, by an anonymous caller from 198.51.100.7")]
    [InlineData("system:node:aks-1", "All secrets read, by node aks-1")]
    [InlineData("https://login.example.org/tenant#jane@example.org", "All secrets read, by jane@example.org")]
    [InlineData("arn:aws:sts::123456789012:assumed-role/Admin/jane", "All secrets read, by Admin/jane")]
    [InlineData("system:serviceaccount:ci:deployer", "All secrets read, by ci/deployer")]
    [InlineData("system:serviceaccount:ci:de:ployer", "All secrets read, by system:serviceaccount:ci:de:ployer")]
    public void Title_Actor_IsReadable(string principal, string title) => Assert.Equal(title, Title(AllSecrets with { Principal = principal }));

    [Fact]
    public void Title_WhatItWentThrough_IsTold()
    {
        const string Told = "All secrets read, by jane@example.org";

        Assert.Equal(
            Told + " through cattle-system/rancher",
            Title(AllSecrets with { Through = "system:serviceaccount:cattle-system:rancher", Uses = ["pod:shop/web"] }));
        Assert.Equal(Told + " acting as admin@example.org", Title(AllSecrets with { ActedAs = "admin@example.org" }));
        Assert.Equal(Told + " through pod shop/web", Title(AllSecrets with { Uses = ["pod:shop/web"] }));
        Assert.Equal(
            Told + " through binding ops",
            Title(AllSecrets with { AllowedBy = "RBAC: allowed by ClusterRoleBinding \"ops\" of ClusterRole \"edit\" to Group \"ops\"" }));
    }

    [Fact]
    public void Title_WhatWasRefusedOrIsOdd_SaysSo()
    {
        Detection denied = Rule("secret-read-denied", 1, Severity.High, new("secrets", "", "shop", "")) with { IsRefused = true };
        Detection odd = AllSecrets with { Source = DetectionSource.Model, Rule = new("anomaly-model", "Unusual namespace", "1") };

        Assert.Equal("Reading of secrets denied (shop), by jane@example.org", Title(denied));
        Assert.Equal("All secrets read (unusual namespace), by jane@example.org", Title(odd));
        Assert.Equal(
            "Unusual namespace (leases kube-system/x), by jane@example.org",
            Title(odd with { Target = new("leases", "", "kube-system", "x"), Tactics = [] }));
    }

    public static TheoryData<string> Hostile { get; } = new(
        "x, by cfo@example.org through nothing",
        "x\r\nBcc: everyone@example.org",
        "x', then cluster-admin granted, by 'y",
        "a\u202egnp.exe\u202c\u001b[2J",
        "https://evil.example/login",
        "\ud800 half \u0000",
        "’ and “quotes”",
        new string('w', 5000),
        "");

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Title_HostileNames_StayInsideTheirQuotes(string name)
    {
        string title = Title(
            AllSecrets with { Principal = name.Length == 0 ? "?" : name, Through = name, Target = new("secrets", "", name, "") },
            Shell with { Principal = name.Length == 0 ? "?" : name, Target = new("pods", "exec", name, name), Opens = [name], Uses = ["pod:" + name] });
        string outside = string.Concat(title.Split('\'').Where(static (_, i) => i % 2 == 0));

        Assert.InRange(title.Length, 1, 120);
        Assert.DoesNotContain(title, char.IsControl);
        Assert.Equal(SafeText.OneLine(title), title);
        Assert.DoesNotContain("cfo", outside, StringComparison.Ordinal);
        Assert.DoesNotContain("granted", outside, StringComparison.Ordinal);
        Assert.DoesNotContain("quotes", outside, StringComparison.Ordinal);
    }

    private static string Title(params Detection[] detections) => Assert.Single(IncidentBuilder.Group(detections)).Title;

    private static Detection Rule(string label, int minute, Severity severity, TargetObject? target)
    {
        var rules = SampleIncident.Rules;
        var rule = rules.Rules.FirstOrDefault(rule => rule.Label == label);
        return Some.Detection(label, minute, severity) with
        {
            Rule = rule?.Reference ?? new RuleReference(label, label, "1"),
            Tactics = rule?.Tactics ?? ["credential-access"],
            Techniques = rule?.Techniques ?? [],
            Target = target,
        };
    }
}
