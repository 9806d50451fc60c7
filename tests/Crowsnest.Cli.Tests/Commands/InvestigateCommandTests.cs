using System.Diagnostics;
using System.Text.Json;
using Crowsnest.Testing;

namespace Crowsnest.Cli.Tests.Commands;

/// <summary>The questions as a user asks them, of an archive made of the sample.</summary>
[Trait("Category", "Slow")]
public sealed class InvestigateCommandTests(InvestigateCommandTests.SampleArchive archive) : IClassFixture<InvestigateCommandTests.SampleArchive>
{
    private const string Sample = "samples/attack-day.jsonl.gz";

    [Fact]
    public async Task Adding_a_file_again_adds_nothing()
    {
        (int code, _, string errors) = await CommandLine.RunAsync("archive", "add", Sample, "--archive", archive.Folder, "--cluster", "prod");

        Assert.Equal(0, code);
        Assert.Contains("0 new raw blobs, 0 hours compacted", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_rows_by_column_and_tables_have_headings()
    {
        using JsonDocument json = JsonDocument.Parse(await AskAsync("who", "--resource", "secrets", "--limit", "3", "--json"));
        string table = await AskAsync("who", "--resource", "secrets", "--limit", "3");

        JsonElement access = json.RootElement.GetProperty("tables").GetProperty("access");
        Assert.Equal(3, access.GetProperty("rows").GetArrayLength());
        Assert.True(access.GetProperty("hasMore").GetBoolean());
        Assert.Contains("malice or error?", table, StringComparison.Ordinal);
        Assert.Contains(access.GetProperty("rows")[0].GetProperty("principal").GetString()![..10], table, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Csv_is_one_table_and_runs_nothing_in_a_spreadsheet()
    {
        string csv = await AskAsync("sql", "SELECT '=1+1' AS a, 'x,\"y\"' AS b", "--csv");

        Assert.Equal("a,b\n'=1+1,\"x,\"\"y\"\"\"\n", csv.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Detections_of_a_file_can_be_asked_and_where_follows_an_incident()
    {
        string detections = Path.Combine(archive.Folder, "..", Path.GetFileName(archive.Folder) + ".detections.jsonl");
        string incidents = detections.Replace(".detections.", ".incidents.", StringComparison.Ordinal);
        try
        {
            Assert.Equal(0, (await CommandLine.RunAsync("detect", Sample, "--detections", detections, "--incidents", incidents)).Code);
            using JsonDocument incident = JsonDocument.Parse((await LinesAsync(incidents))[0]);

            string count = await AskAsync("sql", "SELECT count(*) AS n FROM detections", "--detections", detections, "--csv");
            using JsonDocument where = JsonDocument.Parse(await AskAsync(
                "where", "--incident", incident.RootElement.GetProperty("id").GetString()!, "--incidents", incidents, "--json"));

            Assert.Equal($"n\n{(await LinesAsync(detections)).Length}\n", count.ReplaceLineEndings("\n"));
            Assert.Equal(JsonValueKind.Array, where.RootElement.GetProperty("tables").GetProperty("where").GetProperty("rows").ValueKind);
        }
        finally
        {
            File.Delete(detections);
            File.Delete(incidents);
        }
    }

    [Theory]
    [InlineData("what")]
    [InlineData("who", "--resource", "a/b/c/d")]
    [InlineData("tools", "--from", "yesterday")]
    [InlineData("tools", "--cluster", "none")]
    [InlineData("tools", "--from", "2031-01-01")]
    [InlineData("what", "--source", "nowhere")]
    [InlineData("sql", "DELETE FROM events")]
    [InlineData("sql", "SELECT nothing FROM events")]
    [InlineData("event", "no-such-id")]
    [InlineData("tools", "--limit", "0")]
    [InlineData("where", "--incident", "x")]
    public async Task What_can_not_be_answered_is_one_line_that_says_what_to_do(params string[] question)
    {
        (int code, string output, string errors) = await CommandLine.RunAsync(["investigate", .. question, "--archive", archive.Folder]);

        Assert.NotEqual(0, code);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", errors, StringComparison.Ordinal);
        Assert.NotEqual("", output + errors);
    }

    [Fact]
    public async Task An_assistant_gets_answers_that_are_marked_as_data_and_each_call_is_recorded()
    {
        string log = Path.Combine(archive.Folder, "..", Path.GetFileName(archive.Folder) + ".mcp.jsonl");
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "crowsnest.dll"), "mcp", "--archive", archive.Folder, "--log", log])
        {
            WorkingDirectory = RepositoryFiles.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process server = Process.Start(start)!;
        server.ErrorDataReceived += static (_, _) => { };
        server.BeginErrorReadLine();
        try
        {
            await CallAsync(server, 1, """initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}""");
            await server.StandardInput.WriteLineAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
            JsonElement tools = await CallAsync(server, 2, """tools/list","params":{}""");
            JsonElement who = await CallAsync(server, 3, """tools/call","params":{"name":"who","arguments":{"resource":"secrets","limit":2}}""");
            JsonElement file = await CallAsync(
                server, 4, """tools/call","params":{"name":"sql","arguments":{"query":"SELECT * FROM read_text('/etc/hostname')"}}""");

            Assert.Equal(7, tools.GetProperty("tools").GetArrayLength());
            Assert.All(tools.GetProperty("tools").EnumerateArray(), static tool =>
                Assert.True(tool.GetProperty("annotations").GetProperty("readOnlyHint").GetBoolean()));
            string[] answer = Text(who).Split('\n');
            Assert.StartsWith("[answer ", answer[0], StringComparison.Ordinal);
            Assert.Equal($"[end of answer {answer[0].Split(' ')[1]}]", answer[^1]);
            Assert.StartsWith("No answer: 'read_text' can't be read", Text(file), StringComparison.Ordinal);
            Assert.Equal(["answered", "refused"], (await LinesAsync(log)).Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("outcome").GetString()));
        }
        finally
        {
            server.StandardInput.Close();
            await server.WaitForExitAsync(TestContext.Current.CancellationToken);
            File.Delete(log);
        }
    }

    private static Task<string[]> LinesAsync(string file) => File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);

    private static string Text(JsonElement result) => result.GetProperty("content")[0].GetProperty("text").GetString()!;

    private static async Task<JsonElement> CallAsync(Process server, int id, string call)
    {
        await server.StandardInput.WriteLineAsync($$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{call}}}""");
        await server.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        string line = await server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)
            ?? throw new InvalidOperationException("the server ended");
        return JsonDocument.Parse(line).RootElement.GetProperty("result");
    }

    private async Task<string> AskAsync(params string[] question)
    {
        (int code, string output, string errors) = await CommandLine.RunAsync(["investigate", .. question, "--archive", archive.Folder]);
        Assert.True(code == 0, errors);
        return output;
    }

    /// <summary>The sample in an archive.</summary>
    public sealed class SampleArchive : IAsyncLifetime
    {
        internal string Folder { get; } = Directory.CreateTempSubdirectory("crowsnest-sample-").FullName;

        public async ValueTask InitializeAsync()
        {
            (int code, _, string errors) = await CommandLine.RunAsync("archive", "add", Sample, "--archive", Folder, "--cluster", "prod");
            Assert.True(code == 0, errors);
        }

        public ValueTask DisposeAsync()
        {
            Directory.Delete(Folder, recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
