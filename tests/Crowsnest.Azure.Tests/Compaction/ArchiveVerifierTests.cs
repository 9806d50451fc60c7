using Crowsnest.Azure.Compaction;
using Crowsnest.Testing;

namespace Crowsnest.Azure.Tests.Compaction;

/// <summary>What is changed, taken out or missing is found.</summary>
public sealed class ArchiveVerifierTests : IDisposable
{
    private readonly TestArchive _archive = new();
    private DateTimeOffset _now = TestArchive.Hour.AddDays(1);

    public void Dispose() => _archive.Dispose();

    [Fact]
    public async Task Verify_Untouched_FindsNothing()
    {
        await FillAsync();

        Assert.Empty(await VerifyAsync());
    }

    [Fact]
    public async Task Verify_RawExpired_FindsNothing()
    {
        await FillAsync();
        Directory.Delete(Path.Combine(_archive.Folder, "raw"), recursive: true);

        Assert.Empty(await VerifyAsync());
    }

    [Theory]
    [InlineData("events/", "is not as it was written")]
    [InlineData("ledger/", "is not as it was written")]
    [InlineData("training/", "is not as it was written")]
    [InlineData("raw/", "is not as it was compacted")]
    [InlineData("manifest/", "does not follow|can't be read")]
    public async Task Verify_AByteChanged_IsFound(string prefix, string fault)
    {
        await FillAsync();
        string file = Files(prefix)[0];
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);

        Assert.Contains(await VerifyAsync(), one => fault.Split('|').Any(text => one.Contains(text, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("events/", "is missing")]
    [InlineData("manifest/", "are named by no manifest")]
    public async Task Verify_AFileTakenOut_IsFound(string prefix, string fault)
    {
        await FillAsync();
        File.Delete(Files(prefix)[0]);

        Assert.Contains(await VerifyAsync(), one => one.Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Verify_MessagesMissingBetweenBlobs_AreFound()
    {
        _archive.Put(TestArchive.Hour, "a", Event(1));
        string lost = _archive.Put(TestArchive.Hour, "a", Event(2), Event(3));
        _archive.Put(TestArchive.Hour, "a", Event(4));
        File.Delete(Path.Combine(_archive.Folder, lost));
        await _archive.CompactAsync();

        Assert.Equal("messages 1 to 2 of partition 0 are missing", Assert.Single(await VerifyAsync()));
    }

    [Fact]
    public async Task Verify_EventsExpiredBeforeTheLedger_FindsNothingBeforeTheTimeGiven()
    {
        await FillAsync();
        File.Delete(Files("events/")[0]);
        DateTimeOffset from = TestArchive.Hour.AddHours(1);

        ArchiveVerifier verifier = new(_archive.Store, deep: false, _now, from);

        Assert.Empty((await verifier.RunAsync(TestContext.Current.CancellationToken)).Faults);
    }

    [Fact]
    public async Task Verify_ManifestTakenOutOfTheMiddle_IsFound()
    {
        await FillAsync();
        _archive.Put(TestArchive.Hour.AddHours(2), "a", Event(125));
        await _archive.CompactAsync();
        File.Delete(Files("manifest/")[1]);

        Assert.Contains(await VerifyAsync(), static one => one.EndsWith("does not follow the manifest before it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Verify_TheFirstManifestExpiredWithWhatItNames_FindsNothing()
    {
        _archive.Put(TestArchive.Hour, "a", Event(1));
        _archive.Put(TestArchive.Hour.AddHours(1), "a", Event(61));
        await _archive.CompactAsync();
        foreach (string file in new[] { "raw/", "events/", "ledger/", "training/", "manifest/" }.SelectMany(Files)
            .Where(static file => file.Contains("hour=10", StringComparison.Ordinal)))
        {
            File.Delete(file);
        }

        Assert.Empty(await VerifyAsync());
    }

    [Fact]
    public async Task Verify_LastManifestTakenOut_IsFoundByWhatItNamed()
    {
        await FillAsync();
        File.Delete(Files("manifest/")[^1]);

        IReadOnlyList<string> faults = await VerifyAsync();

        Assert.Contains(faults, static one => one.Contains("1 raw blobs that arrived at 2026-11-02 11h UTC", StringComparison.Ordinal));
        Assert.Contains(faults, static one => one.StartsWith("events/cluster=a/date=2026-11-02/hour=11.parquet is named by no", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Verify_LastManifestTakenOutAndRawExpired_IsFound()
    {
        await FillAsync();
        File.Delete(Files("manifest/")[^1]);
        Directory.Delete(Path.Combine(_archive.Folder, "raw"), recursive: true);

        IReadOnlyList<string> faults = await VerifyAsync();

        Assert.Equal(
            ["events", "ledger", "training", "training"],
            faults.Where(static one => one.Contains("named by no manifest", StringComparison.Ordinal))
                .Select(static one => one[..one.IndexOf('/', StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task Verify_WhatArrivedLately_NeedNotBeCompactedYet()
    {
        await FillAsync();
        _archive.Put(TestArchive.Hour.AddHours(3), "a", Event(180));
        _now = TestArchive.Hour.AddHours(4);

        Assert.Empty(await VerifyAsync());
    }

    private async Task FillAsync()
    {
        _archive.Put(TestArchive.Hour, "a", Event(1), Event(2));
        _archive.Put(TestArchive.Hour.AddHours(1), "a", Event(3), Event(61));
        await _archive.CompactAsync();
    }

    private string[] Files(string prefix) =>
        [.. Directory.GetFiles(Path.Combine(_archive.Folder, prefix), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private async Task<IReadOnlyList<string>> VerifyAsync() =>
        (await new ArchiveVerifier(_archive.Store, deep: true, _now).RunAsync(TestContext.Current.CancellationToken)).Faults;

    private static string Event(int minute) =>
        new EventJson { AuditId = $"{minute}", Time = TestArchive.Hour.AddMinutes(minute) }.ToString();
}
