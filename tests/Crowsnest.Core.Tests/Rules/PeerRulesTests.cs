using System.Text;
using System.Text.Json;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Rules;

/// <summary>
/// SigmaHQ's rules on our engine, and the labelled cases of Falco's suites on our rules. Neither may be copied here; the
/// tests run where they lie at hand.
/// </summary>
public sealed class PeerRulesTests
{
    private static readonly IReadOnlyList<(string Name, string Yaml)> Shipped = RepositoryFiles.RuleFiles;

    // The five that can't match raw events, and an event of the kind that each is meant for.
    private static readonly Dictionary<string, EventJson> Aliased = new()
    {
        ["hostpath_mount"] = new() { RequestObject = """{"spec":{"volumes":[{"hostPath":{"path":"/etc"}}]}}""" },
        ["privileged_pod_creation"] = new()
        {
            RequestObject = """{"spec":{"containers":[{"securityContext":{"capabilities":{"add":["SYS_ADMIN"]}}}]}}""",
        },
        ["rbac_permisions_listing"] = new()
        {
            Resource = "selfsubjectrulesreviews",
            ApiGroup = "authorization.k8s.io",
            Namespace = "",
            Name = "",
        },
        ["sidecar_injection"] = new() { Resource = "deployments", ApiGroup = "apps", Verb = "patch" },
        ["potential_enumeration_activity"] = new()
        {
            Verb = "get",
            Subresource = "exec",
            RequestUri = "/api/v1/namespaces/shop/pods/web/exec?command=%2fbin%2fsh",
            Code = 101,
        },
    };

    [Fact]
    public void SigmaHq_SixteenRules_LoadUnmodifiedAndFiveNeedAliases()
    {
        string folder = Path.Combine(Peers(), "sigma");
        RuleSet rules = RuleSet.Load(
        [
            .. Shipped.Where(static file => file.Name == "aliases.yml"),
            .. Directory.EnumerateFiles(folder, "*.yml", SearchOption.AllDirectories)
                .Select(static path => (Path.GetFileName(path), File.ReadAllText(path))),
        ]);

        Assert.Empty(rules.Errors);
        Assert.Equal(16, rules.Rules.Count);
        SigmaRule[] warned = [.. rules.Rules.Where(static rule => rule.Notes.Any(static note => note.IsWarning))];
        Assert.Equal(Aliased.Count, warned.Length);
        foreach ((string name, EventJson json) in Aliased)
        {
            SigmaRule rule = Assert.Single(warned, rule => rule.File.Contains(name, StringComparison.Ordinal));
            using EventView view = new(json.ToEvent());
            List<SigmaRule> matches = [];
            rules.Match(view, matches);
            Assert.Contains(rule, matches);
        }
    }

    [Fact]
    public void FalcoCases_DetectionsFire_OthersStayLow()
    {
        RuleSet rules = RuleSet.Load(Shipped);
        List<string> missed = [];
        List<string> loud = [];
        int cases = 0;
        foreach (string line in File.ReadLines(Path.Combine(Peers(), "falco-tests.jsonl")))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement test = document.RootElement;
            cases++;
            List<SigmaRule> matches = [];
            Severity worst = Severity.Informational;
            foreach (JsonElement item in test.GetProperty("events").EnumerateArray())
            {
                byte[] json = Encoding.UTF8.GetBytes(item.GetRawText());
                AuditParseStatus status = new AuditEventParser().Parse(json, "test", DateTimeOffset.UnixEpoch, out AuditEvent? audit);
                if (status == AuditParseStatus.Parsed)
                {
                    using EventView view = new(audit!);
                    int before = matches.Count;
                    rules.Match(view, matches);
                    foreach (SigmaRule rule in matches.Skip(before))
                    {
                        Severity severity = rule.SeverityOf(audit!.PrincipalClass);
                        severity = view.IsWriteBack && severity > Severity.Low ? Severity.Low : severity;
                        worst = severity > worst ? severity : worst;
                    }
                }
            }

            string name = test.GetProperty("test").GetString()!;
            if (test.GetProperty("expected").GetBoolean() ? matches.Count == 0 : worst > Severity.Low)
            {
                (test.GetProperty("expected").GetBoolean() ? missed : loud)
                    .Add($"{name}: {string.Join(", ", matches.Select(static rule => rule.Name))}");
            }
        }

        Assert.Equal(66, cases);
        Assert.Empty(missed);
        Assert.Empty(loud);
    }

    private static string Peers()
    {
        string? folder = AppContext.GetData("Crowsnest.Peers") as string;
        Assert.SkipWhen(folder is null, "no folder of other systems' rules was given (-p:Peers=FOLDER)");
        return folder!;
    }
}
