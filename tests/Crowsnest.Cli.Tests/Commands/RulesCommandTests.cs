using Crowsnest.Testing;

namespace Crowsnest.Cli.Tests.Commands;

/// <summary><c>crowsnest rules</c> as a user runs it.</summary>
[Trait("Category", "Slow")]
public sealed class RulesCommandTests
{
    private const string Own = """
        title: Own rule
        id: 7c7f2b9e-6a52-4a5e-9c1d-2f6b3d1f0a11
        logsource: {product: kubernetes, service: audit}
        detection:
          selection: {verb: create, objectRef.resource: widgets}
          condition: selection
        level: medium
        """;

    [Fact]
    public async Task List_ShippedRules_GravestFirst()
    {
        (int code, string output, _) = await CommandLine.RunAsync("rules", "list");

        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(0, code);
        Assert.True(lines.Length > 100, $"{lines.Length} rules");
        Assert.StartsWith("Critical", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("Informational", lines[^1], StringComparison.Ordinal);
        Assert.Contains(lines, static line => line.Contains("off: fill allowed_images", StringComparison.Ordinal));
    }

    [Fact]
    public async Task LintAndTest_ShippedRules_Pass()
    {
        (int linted, string notes, _) = await CommandLine.RunAsync("rules", "lint");
        (int tested, string faults, string said) = await CommandLine.RunAsync("rules", "test");

        Assert.Equal((0, 0), (linted, tested));
        Assert.Empty(notes);
        Assert.Empty(faults);
        Assert.Contains("0 fail", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lint_BrokenRule_SaysFileLineAndNearestField()
    {
        string folder = Folder(
            ("good.yml", Own),
            ("bad.yml", Own.Replace("objectRef.resource", "objectRef.resourse", StringComparison.Ordinal)));

        (int code, string output, string said) = await CommandLine.RunAsync("rules", "lint", "--rules", folder);

        Assert.Equal(1, code);
        Assert.Contains(
            "bad.yml:5: error: the audit schema has no field 'objectRef.resourse'; did you mean 'objectRef.resource'?",
            output,
            StringComparison.Ordinal);
        Assert.Contains("1 rules and 0 correlations load; 1 errors", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_RuleWithoutEventsOrWithWrongOnes_Fails()
    {
        string fires = new EventJson { Resource = "widgets" }.ToString();
        string folder = Folder(("own.yml", Own), ("own.test.jsonl", $$$"""{"fires":false,"why":"near miss","event":{{{fires}}}}"""));
        string untested = Folder(("own.yml", Own));

        (int code, string output, _) = await CommandLine.RunAsync("rules", "test", "--rules", folder);
        (int without, string missing, _) = await CommandLine.RunAsync("rules", "test", "--rules", untested);

        Assert.Equal((1, 1), (code, without));
        Assert.Contains("event 1 (near miss) should not fire", output, StringComparison.Ordinal);
        Assert.Contains("0 events that fire", output, StringComparison.Ordinal);
        Assert.Contains("has no tests", missing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lint_CorrelationThatSilencesARule_Warns()
    {
        string correlation = """
            title: Many
            id: 22222222-2222-4222-8222-222222222222
            correlation:
              type: event_count
              rules: [7c7f2b9e-6a52-4a5e-9c1d-2f6b3d1f0a11]
              group-by: [user.username]
              timespan: 10m
              condition: {gte: 5}
            """;
        string id = System.Text.RegularExpressions.Regex.Match(Own, "id: (.*)").Groups[1].Value;
        string folder = Folder(
            ("own.yml", Own),
            ("many.yml", correlation.Replace("7c7f2b9e-6a52-4a5e-9c1d-2f6b3d1f0a11", id, StringComparison.Ordinal)));

        (int code, string output, _) = await CommandLine.RunAsync("rules", "lint", "--rules", folder);

        Assert.Equal(0, code);
        Assert.Contains("own.yml:1: warning: makes no detections", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Coverage_WithoutAFile_PrintsTheTables()
    {
        (int code, string output, _) = await CommandLine.RunAsync("rules", "coverage");

        Assert.Equal(0, code);
        Assert.Contains("Container Administration Command", output, StringComparison.Ordinal);
        Assert.Contains("MS-TA9018  Privileged container", output, StringComparison.Ordinal);
        Assert.Matches(
            @"149 behaviours: 1\d\d served by rules, \d+ by correlations, incidents or the model, \d+ not applicable, 0 open", output);
    }

    [Fact]
    public async Task Coverage_OfACapture_CountsAndNamesTheBlind()
    {
        string capture = Path.GetTempFileName();
        await File.WriteAllLinesAsync(
            capture,
            [
                new EventJson { AuditId = "1", RequestObject = """{"spec":{"hostPID":true}}""" }.ToString(),
                new EventJson { AuditId = "2", RequestObject = """{"spec":{"hostPID":true}}""", User = "joe@example.org" }.ToString(),
                new EventJson { AuditId = "3", Resource = "clusterrolebindings", Level = "Metadata" }.ToString(),
            ],
            TestContext.Current.CancellationToken);

        (int code, string output, _) = await CommandLine.RunAsync("rules", "coverage", capture);

        Assert.Equal(0, code);
        Assert.Contains("3 requests on 1 days, 0 of them get or list: this is kube-audit-admin", output, StringComparison.Ordinal);
        Assert.Matches(@"High +host-namespaces +2 +2 +2", output);
        Assert.Matches(@"secrets-listed-cluster-wide.*blind: no get or list in the capture", output);
        Assert.Matches(@"exec-into-pod .*partly blind: no get or list", output);
        Assert.Matches(@"cluster-admin-binding .*blind: clusterrolebindings logged without bodies; unverified-change stands in", output);
        Assert.Matches(@"image-not-allowed .*off until the list allowed_images has entries", output);
    }

    private static string Folder(params (string Name, string Text)[] files)
    {
        string folder = Directory.CreateTempSubdirectory("crowsnest-rules-").FullName;
        foreach ((string name, string text) in files)
        {
            File.WriteAllText(Path.Combine(folder, name), text);
        }

        return folder;
    }
}
