using Crowsnest.Azure.Storage;
using Crowsnest.Core.Scoring;
using Crowsnest.Learning;
using Crowsnest.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Crowsnest.Cli.Tests.Commands;

[Trait("Category", "Slow")]
public sealed class ModelCommandTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task Model_WithoutStorage_SaysWhatToSet()
    {
        (int code, _, string errors) = await CommandLine.RunAsync("model", "list");

        Assert.Equal(2, code);
        Assert.Contains("AzureWebJobsStorage", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_ThreeTrained_AreListedComparedAndRolledBack()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 20, 3, 0, 0, TimeSpan.Zero));
        ModelStore store = new(AzuriteFixture.Clients(azurite.Connection), clock);
        List<string> versions = [];
        for (int day = 0; day < 3; day++)
        {
            clock.Advance(TimeSpan.FromDays(1));
            ModelCard card = await store.StoreAsync(
                new RetrainingResult(
                    Made(day),
                    Accepted: day < 2,
                    [new("canaries found", 0.9, 0.95, day < 2)],
                    1.5,
                    [$"jane: thing {day} (3 hours)"]),
                versions.LastOrDefault(),
                cancellation);
            versions.Add(card.Version);
            if (card.Accepted)
            {
                Assert.True(await store.UseAsync(card, pinned: false, (await store.CurrentAsync(cancellation))?.ETag, cancellation));
            }
        }

        string list = await RunAsync("list");
        Assert.Contains($"* {versions[1]}", list, StringComparison.Ordinal);
        Assert.Contains($"  {versions[2]}", list, StringComparison.Ordinal);
        Assert.Contains("refused: canaries found 0.9 (0.95 before, worse)", list, StringComparison.Ordinal);
        Assert.Contains("jane: thing 1 (3 hours)", await RunAsync("diff"), StringComparison.Ordinal);

        await RunAsync("rollback");
        ModelPointer pointer = (await store.CurrentAsync(cancellation))!.Value.Pointer;
        Assert.Equal((versions[0], true), (pointer.Version, pointer.Pinned));
        Assert.Equal(versions[0], (await store.LoadAsync(pointer, cancellation)).Version);

        await RunAsync("rollback", "--latest");
        pointer = (await store.CurrentAsync(cancellation))!.Value.Pointer;
        Assert.Equal((versions[1], false), (pointer.Version, pointer.Pinned));

        await store.TrimAsync(keep: 1, cancellation);
        Assert.Equal([versions[1], versions[2]], (await store.ListAsync(cancellation)).Select(static card => card.Version));
        (int code, _, string errors) = await CommandLine.RunAsync("model", "rollback", versions[0], "--storage", azurite.Connection);
        Assert.Equal(2, code);
        Assert.Contains($"there is no model {versions[0]}", errors, StringComparison.Ordinal);
    }

    // Differs by its key, and so in its version.
    private static AnomalyModel Made(int day)
    {
        AnomalyModel shipped = ModelFile.Read(File.ReadAllBytes(RepositoryFiles.Model));
        AnomalyModel made = new(shipped.Info, [(byte)day], shipped.Profile, shipped.Risk, shipped.Calibration);
        return ModelFile.Read(ModelFile.Write(made));
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        (int code, string output, string errors) = await CommandLine.RunAsync(
            ["model", .. arguments, "--storage", azurite.Connection]);
        Assert.True(code == 0, errors);
        return output;
    }
}
