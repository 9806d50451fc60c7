using Crowsnest.Testing;

namespace Crowsnest.Cli.Tests.Commands;

public sealed class SuppressCommandTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static readonly string[] Whole =
        ["suppress", "add", "--cluster", "prod", "--rule", "r", "--author", "jane", "--reason", "nightly"];

    [Theory]
    [InlineData("connection string", "suppress", "list", "--storage", "nonsense")]
    [InlineData("would hide everything", "suppress", "add", "--cluster", "prod", "--author", "jane", "--reason", "x")]
    [InlineData(
        "--days takes 1 to 365",
        "suppress", "add", "--cluster", "prod", "--rule", "r", "--author", "jane", "--reason", "x", "--days", "0")]
    [InlineData(
        "neither an address nor a network",
        "suppress", "add", "--cluster", "prod", "--source", "here", "--author", "jane", "--reason", "x")]
    public async Task Suppress_BadArguments_SaysWhatIsWrong(string problem, params string[] arguments)
    {
        (int code, _, string errors) = await CommandLine.RunAsync(arguments);

        Assert.Equal(2, code);
        Assert.Contains(problem, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Suppress_WithoutReason_IsRefused()
    {
        (int code, _, string errors) = await CommandLine.RunAsync(
            "suppress", "add", "--cluster", "prod", "--rule", "r", "--author", "jane");

        Assert.NotEqual(0, code);
        Assert.Contains("--reason", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Suppress_AddedTwice_IsListedOnceAndCanBeTakenBack()
    {
        await RunAsync(Whole);
        string added = await RunAsync([.. Whole, "--days", "30"]);
        string list = await RunAsync("suppress", "list");

        string line = Assert.Single(list.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(added.Trim(), line.Trim());
        Assert.Contains("prod  until ", line, StringComparison.Ordinal);
        Assert.Contains("rule r  (jane: nightly)", line, StringComparison.Ordinal);

        string id = line.Split(' ')[0];
        await RunAsync("suppress", "remove", id);
        Assert.Empty(await RunAsync("suppress", "list"));
        (int code, _, string errors) = await CommandLine.RunAsync("suppress", "remove", id, "--storage", azurite.Connection);
        Assert.Equal(2, code);
        Assert.Contains($"there is no suppression {id}", errors, StringComparison.Ordinal);
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        (int code, string output, string errors) = await CommandLine.RunAsync([.. arguments, "--storage", azurite.Connection]);
        Assert.True(code == 0, errors);
        return output;
    }
}
