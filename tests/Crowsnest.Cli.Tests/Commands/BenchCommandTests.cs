using System.Globalization;
using Crowsnest.Testing;

namespace Crowsnest.Cli.Tests.Commands;

[Trait("Category", "Slow")]
public sealed class BenchCommandTests
{
    [Fact]
    public async Task Bench_SomeEvents_MeasuresEveryStage()
    {
        string file = Path.GetTempFileName();
        await File.WriteAllLinesAsync(
            file,
            Enumerable.Range(0, 50).Select(static i => new EventJson { AuditId = $"bench-{i}" }.ToString()),
            TestContext.Current.CancellationToken);

        (int code, string output, string errors) = await CommandLine.RunAsync("bench", file, "--model", RepositoryFiles.Model);

        File.Delete(file);
        Assert.True(code == 0, errors);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("token walk", lines[1], StringComparison.Ordinal);
        string[] stages = ["parse raw events", "parse AKS + pulse of the feed", "parse AKS + rules + model", "archive compression"];
        foreach (string stage in stages)
        {
            string line = Assert.Single(lines, line => line.StartsWith(stage + "  ", StringComparison.Ordinal));
            string rate = line[44..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
            Assert.True(double.Parse(rate, NumberStyles.Number, CultureInfo.InvariantCulture) > 0, line);
        }
    }

    [Fact]
    public async Task Bench_NoSuchFile_SaysSo()
    {
        (int code, _, string errors) = await CommandLine.RunAsync("bench", "nowhere.jsonl");

        Assert.Equal(2, code);
        Assert.Contains("there is no file", errors, StringComparison.Ordinal);
    }
}
