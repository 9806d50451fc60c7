using System.Text.Json;
using Crowsnest.Testing;

namespace Crowsnest.Cli.Tests.Commands;

[Trait("Category", "Slow")]
public sealed class PolicyCommandTests
{
    private static string Small => RepositoryFiles.Fixture("policy/small.yaml");

    [Fact]
    public async Task The_policy_that_made_a_capture_takes_nothing_from_it()
    {
        JsonElement report = await SimulateAsync(RepositoryFiles.Fixture("policy/recorded.yaml"));

        JsonElement all = Rows(report, "volume")[0];
        Assert.Equal(all.GetProperty("bytes").GetInt64(), all.GetProperty("bytes_left").GetInt64());
        Assert.Equal(0, all.GetProperty("saved_percent").GetDouble());
        Assert.Empty(Rows(report, "detections_lost"));
        Assert.Empty(Rows(report, "leaks"));
    }

    [Fact]
    public async Task A_small_policy_is_shown_with_what_it_hides_and_gives_away()
    {
        JsonElement report = await SimulateAsync(Small);

        JsonElement all = Rows(report, "volume")[0];
        Assert.InRange(all.GetProperty("saved_percent").GetDouble(), 10, 90);
        Assert.Contains(Rows(report, "blind_rules"), static row => row.GetProperty("rule").GetString() == "exec-into-pod"
            && row.GetProperty("why").GetString()!.StartsWith("blind: ", StringComparison.Ordinal)
            && row.GetProperty("why").GetString()!.Contains("rule 1 of the policy", StringComparison.Ordinal));
        Assert.Contains(Rows(report, "blind_rules"), static row => row.GetProperty("why").GetString()!.Contains("Request is needed", StringComparison.Ordinal));
        Assert.Contains(Rows(report, "detections_lost"), static row => row.GetProperty("what_stands_in").GetString() == "");
        Assert.Contains(Rows(report, "detections_lost"), static row => row.GetProperty("what_stands_in").GetString() != "");
        Assert.Contains(Rows(report, "leaks"), static row => row.GetProperty("request").GetString() == "get secrets"
            && row.GetProperty("rule").GetInt64() == 2);
        Assert.Equal(3, Rows(report, "by_rule").Count);
        Assert.All(Rows(report, "cost"), static row => Assert.True(
            row.GetProperty("after").GetDouble() <= row.GetProperty("before").GetDouble()));
    }

    [Fact]
    public async Task People_get_tables()
    {
        (int code, string output, string said) = await CommandLine.RunAsync("policy", "simulate", Small, RepositoryFiles.Sample);

        Assert.True(code == 0, said);
        Assert.Contains("Events and bytes a day", output, StringComparison.Ordinal);
        Assert.Contains("exec-into-pod", output, StringComparison.Ordinal);
        Assert.Contains("lower bound", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Categories_shows_what_goes_without_reads()
    {
        (int code, string output, string said) = await CommandLine.RunAsync("policy", "categories", RepositoryFiles.Sample, "--json");

        Assert.True(code == 0, said);
        JsonElement tables = JsonDocument.Parse(output).RootElement.GetProperty("tables");
        Assert.Contains(Rows(tables, "by_category"), static row => row.GetProperty("category").GetString() == "reads"
            && row.GetProperty("events_left").GetInt64() == 0);
        Assert.Contains(Rows(tables, "blind_rules"), static row => row.GetProperty("rule").GetString() == "secret-read");
        Assert.Contains("Verb !in", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eks", "EKS", 1, 0)]
    [InlineData("gke", "Data Access", 0, 1)]
    public async Task Categories_shows_what_other_platforms_log(string platform, string note, int least, int most)
    {
        (int code, string output, string said) = await CommandLine.RunAsync(
            "policy", "categories", "--platform", platform, RepositoryFiles.Sample, "--json");

        Assert.True(code == 0, said);
        JsonElement tables = JsonDocument.Parse(output).RootElement.GetProperty("tables");
        JsonElement reads = Rows(tables, "by_category").Single(static row => row.GetProperty("category").GetString() == "reads");
        Assert.InRange(reads.GetProperty("events_left").GetInt64(), least, most == 0 ? long.MaxValue : 0);
        Assert.Contains(Rows(tables, "blind_rules"), static row => row.GetProperty("rule").GetString() == "events-deleted");
        Assert.Contains(note, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kubeadm-like.yaml")]
    [InlineData("minimal.yaml")]
    public async Task Policies_of_the_guides_are_simulated(string name)
    {
        JsonElement report = await SimulateAsync(RepositoryFiles.Fixture("policy/" + name));

        Assert.InRange(Rows(report, "volume")[0].GetProperty("saved_percent").GetDouble(), 1, 99);
        Assert.NotEmpty(Rows(report, "blind_rules"));
    }

    [Fact]
    public async Task Rbac_unused_lists_the_gravest_first()
    {
        (int code, string output, string said) = await CommandLine.RunAsync("rbac", "unused", RepositoryFiles.Sample, "--most", "1", "--json");

        Assert.True(code == 0, said);
        JsonElement row = Assert.Single(Rows(JsonDocument.Parse(output).RootElement.GetProperty("tables"), "unused"));
        Assert.Equal("makes itself more powerful", row.GetProperty("risk").GetString());
    }

    [Fact]
    public async Task Rbac_least_writes_roles_for_kubectl()
    {
        (int code, string output, string said) = await CommandLine.RunAsync(
            "rbac", "least", "--principal", "system:serviceaccount:kube-system:ama-logs", RepositoryFiles.Sample);
        (int none, string _, string why) = await CommandLine.RunAsync("rbac", "least", "--principal", "nobody", RepositoryFiles.Sample);

        Assert.True(code == 0, said);
        Assert.Contains("kind: ClusterRole\n", output, StringComparison.Ordinal);
        Assert.Contains("subjects: [{kind: ServiceAccount, namespace: \"kube-system\", name: \"ama-logs\"}]", output, StringComparison.Ordinal);
        Assert.Equal(2, none);
        Assert.Contains("no request of nobody", why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lint_says_where_and_what()
    {
        (int code, string output, string _) = await CommandLine.RunAsync("policy", "lint", Small);

        Assert.Equal(1, code);
        Assert.Contains("small.yaml:6: fault: rule 1: create pods/exec is not logged", output, StringComparison.Ordinal);
        Assert.Contains("small.yaml:9: fault: rule 2: RequestResponse puts the secret into the log", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there is no file", "simulate", "nowhere.yaml", "samples/attack-day.jsonl.gz")]
    [InlineData("line 1: a policy has no field", "simulate", "functions/rules/secret-read.yml", "samples/attack-day.jsonl.gz")]
    [InlineData("give files, or", "simulate", "tests/fixtures/policy/small.yaml")]
    [InlineData("--platform oke: it is one of aks, eks, gke", "categories", "--platform", "oke", "samples/attack-day.jsonl.gz")]
    [InlineData("the prices can't be read", "simulate", "tests/fixtures/policy/small.yaml", "samples/attack-day.jsonl.gz", "--prices", "global.json")]
    public async Task What_cannot_be_used_is_said(string message, params string[] arguments)
    {
        (int code, string _, string said) = await CommandLine.RunAsync(["policy", .. arguments]);

        Assert.Equal(2, code);
        Assert.Contains(message, said, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> SimulateAsync(string policy)
    {
        (int code, string output, string said) = await CommandLine.RunAsync("policy", "simulate", policy, RepositoryFiles.Sample, "--json");
        Assert.True(code == 0, said);
        return JsonDocument.Parse(output).RootElement.GetProperty("tables");
    }

    private static List<JsonElement> Rows(JsonElement tables, string name) =>
        [.. tables.GetProperty(name).GetProperty("rows").EnumerateArray()];
}
