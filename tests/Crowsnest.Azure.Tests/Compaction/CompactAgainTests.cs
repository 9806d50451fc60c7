using Crowsnest.Azure.Compaction;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Azure.Tests.Compaction;

/// <summary>Hours are made anew from their events, and nothing is written that was there.</summary>
public sealed class CompactAgainTests : IDisposable
{
    private readonly TestArchive _archive = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _archive.Dispose();

    [Fact]
    public async Task Again_SameRules_WritesNothing()
    {
        await FillAsync();
        SortedDictionary<string, string> before = _archive.Made();

        Assert.Equal((2, 0), await _archive.AgainAsync());
        Assert.Equal(before, _archive.Made());
    }

    [Fact]
    public async Task Again_OtherRules_ChangesTheAggregatesAndIsNamedByAManifest()
    {
        await FillAsync();
        SortedDictionary<string, string> before = _archive.Made(manifests: false);

        (int hours, int changed) = await _archive.AgainAsync(RuleSet.Empty);

        SortedDictionary<string, string> after = _archive.Made(manifests: false);
        Assert.Equal((2, 2), (hours, changed));
        Assert.Equal(before.Keys, after.Keys);
        Assert.Equal(
            ["training/cluster=a/date=2026-11-02/hour=10", "training/cluster=a/date=2026-11-02/hour=11"],
            before.Except(after).Select(static file => file.Key));
        Assert.Empty(await VerifyAsync());
        Assert.Equal((2, 0), await _archive.AgainAsync(RuleSet.Empty));
    }

    [Fact]
    public async Task Again_LedgerDamaged_IsMadeAnewFromTheEvents()
    {
        await FillAsync();
        SortedDictionary<string, string> before = _archive.Made();
        _archive.Write(ArchivePath.Ledger("a", TestArchive.Hour), [1, 2, 3]);

        await _archive.AgainAsync();

        Assert.Equal(before, _archive.Made());
        Assert.Empty(await VerifyAsync());
    }

    [Fact]
    public async Task Again_EventsCameLaterToTheHour_AreMergedAsBefore()
    {
        await FillAsync();
        await _archive.AgainAsync(RuleSet.Empty);
        _archive.Put(TestArchive.Hour.AddHours(2), "a", Event(4));

        await _archive.CompactAsync();

        Assert.Empty(await VerifyAsync());
        Assert.Equal((2, 1), await _archive.AgainAsync());
    }

    private async Task FillAsync()
    {
        _archive.Put(TestArchive.Hour.AddMinutes(65), "a", Event(1), Event(2), Event(61));
        await _archive.CompactAsync();
    }

    private async Task<IReadOnlyList<string>> VerifyAsync() =>
        (await new ArchiveVerifier(_archive.Store, deep: true, TestArchive.Hour.AddDays(1)).RunAsync(Cancellation)).Faults;

    // What correlations count: a removal.
    private static string Event(int minute) => new EventJson
    {
        AuditId = $"{minute}",
        Time = TestArchive.Hour.AddMinutes(minute),
        Verb = "delete",
        Code = 200,
    }.ToString();
}
