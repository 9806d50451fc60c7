using System.Text.Json;
using Crowsnest.Testing;

namespace Crowsnest.Cli.Tests.Commands;

/// <summary>A policy is advised, simulated and judged by: what is found stays the same.</summary>
public sealed class PolicyAdviseCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("crowsnest-policy-").FullName;

    private string Policy => Path.Combine(_folder, "policy.yaml");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Detect_finds_in_what_is_left_what_it_finds_in_the_capture()
    {
        string left = Path.Combine(_folder, "left.jsonl.gz");
        string yaml = await RunAsync("policy", "advise", RepositoryFiles.Sample, "--model", RepositoryFiles.Model);
        await File.WriteAllTextAsync(Policy, yaml, TestContext.Current.CancellationToken);

        await RunAsync("policy", "simulate", Policy, RepositoryFiles.Sample, "--out", left);
        string[] before = await DetectAsync(RepositoryFiles.Sample);
        string[] after = await DetectAsync(left);

        Assert.Contains("detections before and after, the same", yaml, StringComparison.Ordinal);
        Assert.Contains("% fewer bytes", yaml, StringComparison.Ordinal);
        Assert.Contains("saves", yaml, StringComparison.Ordinal);
        Assert.NotEmpty(before);
        Assert.Equal(before, after);
        Assert.True(new FileInfo(left).Length < new FileInfo(RepositoryFiles.Sample).Length);
    }

    [Fact]
    public async Task Programs_get_what_it_says_as_tables()
    {
        JsonElement report = JsonDocument.Parse(await RunAsync(
            "policy", "advise", RepositoryFiles.Sample, "--keep", "secret-read", "many-secrets-fetched", "--no-model", "--json")).RootElement;

        JsonElement tables = report.GetProperty("tables");
        Assert.Equal(3, tables.GetProperty("checks").GetProperty("rows").GetArrayLength());
        Assert.All(tables.GetProperty("checks").GetProperty("rows").EnumerateArray(), static row =>
            Assert.Equal((0, 0), (row.GetProperty("lost").GetInt32(), row.GetProperty("new").GetInt32())));
        Assert.Contains(tables.GetProperty("rules").GetProperty("rows").EnumerateArray(), static row =>
            row.GetProperty("level").GetString() == "None" && row.GetProperty("saved_percent").GetDouble() > 40);
    }

    [Fact]
    public async Task A_budget_that_cannot_be_met_is_said()
    {
        string yaml = await RunAsync("policy", "advise", RepositoryFiles.Sample, "--budget", "0.001");

        Assert.Contains("The budget of 0.001 GB a day is NOT met", yaml, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", false)]
    [InlineData("0.000001", true)]
    public async Task Events_are_dropped_as_far_as_the_budget_takes_and_never_where_something_is_found(string budget, bool isDropped)
    {
        string capture = Path.Combine(_folder, "leases.jsonl");
        string[] events =
        [
            .. Enumerable.Range(0, 50).Select(static i => Lease(i, "leader", "leader-elector/v1")),
            .. Enumerable.Range(50, 50).Select(static i => Lease(i, "stolen", "kubectl/v1.30.0")),
        ];
        await File.WriteAllLinesAsync(capture, events, TestContext.Current.CancellationToken);

        string yaml = await RunAsync("policy", "advise", capture, "--budget", budget);

        Assert.Equal(isDropped, yaml.Contains("users: [\"system:serviceaccount:shop:leader\"]", StringComparison.Ordinal));
        Assert.Equal(isDropped, yaml.Contains("something was found in what they do: system:serviceaccount:shop:stolen", StringComparison.Ordinal));
        Assert.DoesNotContain("users: [\"system:serviceaccount:shop:stolen", yaml, StringComparison.Ordinal);
        Assert.DoesNotContain("LOST", yaml, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--budget is more than 0", "--budget", "0")]
    [InlineData("--keep nothing-such: no rule", "--keep", "nothing-such")]
    [InlineData("one or the other", "--no-model", "--model", "ml-models/fleet.model")]
    public async Task What_cannot_be_used_is_said(string message, params string[] options)
    {
        (int code, string _, string said) = await CommandLine.RunAsync(["policy", "advise", RepositoryFiles.Sample, .. options]);

        Assert.Equal(2, code);
        Assert.Contains(message, said, StringComparison.Ordinal);
    }

    private static string Lease(int number, string account, string agent) =>
        $$$"""{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"{{{number}}}","stage":"ResponseComplete","requestURI":"/x","verb":"update","user":{"username":"system:serviceaccount:shop:{{{account}}}","groups":["system:serviceaccounts"]},"userAgent":"{{{agent}}}","sourceIPs":["10.0.0.1"],"objectRef":{"resource":"leases","namespace":"shop","name":"a","apiGroup":"coordination.k8s.io"},"responseStatus":{"code":200},"requestReceivedTimestamp":"2026-11-02T10:{{{number % 60:00}}}:00.000000Z","stageTimestamp":"2026-11-02T10:{{{number % 60:00}}}:00.000000Z"}""";

    // All but the line of the file, which differs where lines are left out.
    private async Task<string[]> DetectAsync(string events)
    {
        string file = Path.Combine(_folder, Path.GetRandomFileName());
        await RunAsync("detect", events, "--cluster", "lab-7b71e5", "--model", RepositoryFiles.Model, "--detections", file);
        string[] lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        return
        [
            .. lines.Select(static line => string.Join('\n', JsonDocument.Parse(line).RootElement.EnumerateObject()
                .Where(static field => field.Name != "evidence").Select(static field => field.ToString())))
                .Order(StringComparer.Ordinal),
        ];
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        (int code, string output, string said) = await CommandLine.RunAsync(arguments);
        Assert.True(code == 0, said);
        return output;
    }
}
