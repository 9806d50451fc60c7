using Crowsnest.Azure.Storage;
using Crowsnest.LocalHost.Processes;
using Crowsnest.Testing;
using Microsoft.Extensions.Configuration;

namespace Crowsnest.Cli.Tests.Commands;

public sealed class SuppressCommandTests
{
    private static readonly string[] Whole = ["suppress", "add", "--cluster", "prod", "--rule", "r", "--author", "jane", "--reason", "nightly"];

    [Theory]
    [InlineData("connection string", "suppress", "list", "--storage", "nonsense")]
    [InlineData("would hide everything", "suppress", "add", "--cluster", "prod", "--author", "jane", "--reason", "x")]
    [InlineData("--days takes 1 to 365", "suppress", "add", "--cluster", "prod", "--rule", "r", "--author", "jane", "--reason", "x", "--days", "0")]
    [InlineData("neither an address nor a network", "suppress", "add", "--cluster", "prod", "--source", "here", "--author", "jane", "--reason", "x")]
    public async Task Suppress_BadArguments_SaysWhatIsWrong(string problem, params string[] arguments)
    {
        (int code, _, string errors) = await CommandLine.RunAsync(arguments);

        Assert.Equal(2, code);
        Assert.Contains(problem, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Suppress_WithoutReason_IsRefused()
    {
        (int code, _, string errors) = await CommandLine.RunAsync("suppress", "add", "--cluster", "prod", "--rule", "r", "--author", "jane");

        Assert.NotEqual(0, code);
        Assert.Contains("--reason", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Suppress_AddedTwice_IsListedOnceAndCanBeTakenBack()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string folder = Directory.CreateTempSubdirectory("crowsnest-suppress-").FullName;
        string azurite = await AzuriteInstaller.EnsureAsync(Path.Combine(RepositoryFiles.Root, ".local"), static _ => { }, cancellation);
        await using (AzuriteProcess storage = await AzuriteProcess.StartAsync(azurite, folder, Path.Combine(folder, "azurite.log"), cancellation))
        {
            StorageClients clients = new(new ConfigurationBuilder().AddInMemoryCollection([new(StorageClients.HostConnection, storage.ConnectionString)]).Build());
            await new StorageSetup(clients).RunAsync(cancellation);

            await RunAsync(storage, Whole);
            string added = await RunAsync(storage, [.. Whole, "--days", "30"]);
            string list = await RunAsync(storage, "suppress", "list");

            string line = Assert.Single(list.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.Equal(added.Trim(), line.Trim());
            Assert.Contains("prod  until ", line, StringComparison.Ordinal);
            Assert.Contains("rule r  (jane: nightly)", line, StringComparison.Ordinal);

            string id = line.Split(' ')[0];
            await RunAsync(storage, "suppress", "remove", id);
            Assert.Empty(await RunAsync(storage, "suppress", "list"));
            (int code, _, string errors) = await CommandLine.RunAsync("suppress", "remove", id, "--storage", storage.ConnectionString);
            Assert.Equal(2, code);
            Assert.Contains($"there is no suppression {id}", errors, StringComparison.Ordinal);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task<string> RunAsync(AzuriteProcess storage, params string[] arguments)
    {
        (int code, string output, string errors) = await CommandLine.RunAsync([.. arguments, "--storage", storage.ConnectionString]);
        Assert.True(code == 0, errors);
        return output;
    }
}
