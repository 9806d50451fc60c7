using System.Text.Json;
using Crowsnest.Testing;

namespace Crowsnest.Cli.Tests.Commands;

/// <summary>The contract that scripts depend on: names, shapes and exit codes.</summary>
[Trait("Category", "Slow")]
public sealed class CommandLineTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Detect_RecordedDay_WritesTheThreeFiles()
    {
        string folder = Directory.CreateTempSubdirectory("crowsnest-cli-").FullName;
        string detections = Path.Combine(folder, "d.jsonl");
        string incidents = Path.Combine(folder, "i.jsonl");
        string alerts = Path.Combine(folder, "a.jsonl");

        (int code, string _, string said) = await CommandLine.RunAsync(
            "detect", RepositoryFiles.Sample, "--model", RepositoryFiles.Model,
            "--detections", detections, "--incidents", incidents, "--alerts", alerts);

        Assert.True(code == 0, said);
        Assert.Contains("0 quarantined", said, StringComparison.Ordinal);
        JsonElement detection = await FirstAsync(detections);
        foreach (string name in new[]
        {
            "id", "time", "cluster", "source", "rule", "severity", "score", "tactics", "techniques", "principal", "sourceIp",
            "userAgent", "auditIds", "what", "who", "fromWhere", "onWhat", "goingWhere", "reasons", "evidence",
        })
        {
            Assert.True(detection.TryGetProperty(name, out _), name);
        }

        Assert.Contains(detection.GetProperty("source").GetString(), new[] { "rule", "model" });
        JsonElement alert = await FirstAsync(alerts);
        foreach (string name in new[]
        {
            "id", "time", "cluster", "incidentId", "severity", "title", "principal", "auditIds", "detectionIds", "tactics",
        })
        {
            Assert.True(alert.TryGetProperty(name, out _), name);
        }

        Assert.True((await LinesAsync(alerts)).Length <= (await LinesAsync(incidents)).Length);
    }

    [Fact]
    public async Task Detect_WithoutModelAndHistory_JudgesByTheModelThatShips()
    {
        string given = Path.GetTempFileName();
        string shipped = Path.GetTempFileName();

        await CommandLine.RunAsync("detect", RepositoryFiles.Sample, "--model", RepositoryFiles.Model, "--detections", given);
        await CommandLine.RunAsync("detect", RepositoryFiles.Sample, "--detections", shipped);

        Assert.Equal(await LinesAsync(given), await LinesAsync(shipped));
    }

    [Fact]
    public async Task Detect_SameFileTwice_CountsEveryRequestOnce()
    {
        string once = Path.GetTempFileName();
        string twice = Path.GetTempFileName();

        await CommandLine.RunAsync("detect", RepositoryFiles.Sample, "--detections", once);
        await CommandLine.RunAsync("detect", RepositoryFiles.Sample, RepositoryFiles.Sample, "--detections", twice);

        Assert.Equal(await LinesAsync(once), await LinesAsync(twice));
    }

    [Fact]
    public async Task Detect_RecordsOfTwoClusters_CountsNoneBelowZero()
    {
        string one = new EventJson().ToAksRecord();
        string other = new EventJson { AuditId = "2" }.ToAksRecord().Replace("/PROD", "/TEST", StringComparison.Ordinal);

        string said = await DetectAsync($"{one}\n{other}\n{other}\n");

        Assert.Contains("3 records: 2 parsed, 0 salvaged, 1 duplicate", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Detect_GoogleCloudAuditLog_NamesIt() => Assert.Contains(
        "GKE",
        await DetectAsync("""{"protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog"}}"""),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("9998-12-31T23:59:59Z")]
    [InlineData("9999-12-31T23:59:59Z")]
    [InlineData("soon")]
    public async Task Detect_OddTime_IsJudged(string time)
    {
        string grave = new EventJson { Verb = "list", Resource = "secrets", User = "mallory\u001b[2J\r\nx", Name = "" }.ToString();

        string said = await DetectAsync(System.Text.RegularExpressions.Regex.Replace(grave, "2026-[^\"]*", time));

        Assert.Contains("1 requests judged", said, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_ThenDetect_UsesTheModel()
    {
        string model = Path.GetTempFileName();

        (int trained, _, string said) = await CommandLine.RunAsync("train", RepositoryFiles.Sample, "--out", model);
        (int detected, _, _) = await CommandLine.RunAsync("detect", RepositoryFiles.Sample, "--model", model);

        Assert.True(trained == 0 && detected == 0, said);
    }

    [Theory]
    [InlineData("there is no file", "detect", "nowhere.jsonl")]
    [InlineData("holds no audit event", "detect", "README.md")]
    [InlineData("there is no model", "detect", "samples/attack-day.jsonl.gz", "--model", "nowhere.model")]
    [InlineData("not a Crowsnest model", "detect", "samples/attack-day.jsonl.gz", "--model", "samples/attack-day.jsonl.gz")]
    [InlineData("there is no rules folder", "detect", "samples/attack-day.jsonl.gz", "--rules", "nowhere")]
    [InlineData("can't be read", "evaluate", "--alerts", "README.md", "--labels", "README.md", "--scenarios", "README.md")]
    public async Task Command_UnusableInput_SaysWhyAndExitsWithTwo(string expected, params string[] arguments)
    {
        (int code, _, string said) = await CommandLine.RunAsync(arguments);

        Assert.Equal(2, code);
        Assert.Contains(expected, said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
    }

    private static async Task<string> DetectAsync(string content)
    {
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, content, Cancellation);
        (_, _, string said) = await CommandLine.RunAsync("detect", file);
        return said;
    }

    private static Task<string[]> LinesAsync(string file) => File.ReadAllLinesAsync(file, Cancellation);

    private static async Task<JsonElement> FirstAsync(string file)
    {
        using JsonDocument document = JsonDocument.Parse((await LinesAsync(file))[0]);
        return document.RootElement.Clone();
    }
}
