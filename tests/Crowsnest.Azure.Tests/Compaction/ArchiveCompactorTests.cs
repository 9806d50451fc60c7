using System.IO.Compression;
using Crowsnest.Azure.Columns;
using Crowsnest.Azure.Compaction;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Testing;

namespace Crowsnest.Azure.Tests.Compaction;

/// <summary>Raw blobs become files a cluster and hour of event time, whatever way they came and whatever happened on the way.</summary>
public sealed class ArchiveCompactorTests : IDisposable
{
    private readonly TestArchive _archive = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _archive.Dispose();

    [Fact]
    public async Task Compact_EventsOfTwoHoursAndClusters_AreFiledByBothAndSorted()
    {
        _archive.Put(TestArchive.Hour.AddMinutes(59), "a", Event(61), Event(3), Event(2));
        _archive.Put(TestArchive.Hour.AddMinutes(59), "b", Event(5));

        await _archive.CompactAsync();

        Assert.Equal(["2", "3"], Ids("a", 0));
        Assert.Equal(["61"], Ids("a", 1));
        Assert.Equal(["5"], Ids("b", 0));
    }

    [Fact]
    public async Task Compact_DeliveredTwiceAndInSeveralStages_IsOneRowAStage()
    {
        string started = new EventJson { AuditId = "w", Stage = "ResponseStarted", Time = TestArchive.Hour }.ToString();
        string complete = new EventJson { AuditId = "w", Time = TestArchive.Hour }.ToString();
        _archive.Put(TestArchive.Hour, "a", complete, started);
        _archive.Put(TestArchive.Hour.AddHours(2), "a", started, complete, started);

        await _archive.CompactAsync();

        Assert.Equal(
            [AuditStage.ResponseStarted, AuditStage.ResponseComplete], Rows("a", 0).Select(static row => row.Stage));
        Assert.All(Rows("a", 0), static row => Assert.Contains("hour=10", row.Blob, StringComparison.Ordinal));
        Assert.Equal(1, Assert.Single(Ledger("a", 0)).Count);
    }

    [Fact]
    public async Task Compact_CutCopyFirst_KeepsTheWholeOne()
    {
        string whole = new EventJson { AuditId = "c", Time = TestArchive.Hour, RequestObject = """{"spec":{}}""" }.ToString();
        string record = EventJson.AksRecord(whole[..^60]).Replace("2026-11-02T10:00:01.995191417Z", "2026-11-02T10:00:00Z", StringComparison.Ordinal);
        _archive.Put(TestArchive.Hour, "a", record);
        _archive.Put(TestArchive.Hour.AddHours(1), "a", EventJson.AksRecord(whole));

        await _archive.CompactAsync();

        string cluster = Assert.Single(Directory.GetDirectories(Path.Combine(_archive.Folder, "events")));
        EventRow row = Assert.Single(Rows(Path.GetFileName(cluster)["cluster=".Length..], 0));
        Assert.True(row.IsWhole);
    }

    [Fact]
    public async Task Compact_InWhateverOrderAndPieces_GivesTheSameFiles()
    {
        string[] events = [.. Enumerable.Range(0, 90).Select(static i => Event(i))];
        _archive.Put(TestArchive.Hour.AddMinutes(90), "a", events);
        await _archive.CompactAsync();

        using TestArchive other = new();
        foreach (string[] some in events.Reverse().Chunk(7))
        {
            other.Put(TestArchive.Hour.AddMinutes(90), "a", some);
            await other.CompactAsync(memory: 0);
        }

        // Evidence differs, as the blobs do.
        Assert.Equal(
            Rows("a", 0).Select(static row => (row.Time, row.Key, row.Stage)),
            Rows("a", 0, other).Select(static row => (row.Time, row.Key, row.Stage)));
        foreach (string path in new[] { ArchivePath.Training("a", TestArchive.Hour), ArchivePath.TrainingRequests("a", TestArchive.Hour) })
        {
            Assert.Equal(_archive.Made()[path], other.Made()[path]);
        }
    }

    [Fact]
    public async Task Compact_MoreThanMemoryHolds_GivesTheSameBytes()
    {
        using TestArchive other = new();
        foreach (TestArchive archive in new[] { _archive, other })
        {
            archive.Put(TestArchive.Hour.AddMinutes(90), "a", Enumerable.Range(0, 90).Select(static i => Event((i * 37) % 90)));
        }

        await _archive.CompactAsync();
        await other.CompactAsync(memory: 0);

        Assert.Equal(_archive.Made(), other.Made());
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Compact_KilledAtAnyPointAndRunAgain_GivesTheSameBytes()
    {
        void Fill(TestArchive archive)
        {
            archive.Put(TestArchive.Hour.AddMinutes(59), "a", Event(50), Event(1), Event(62));
            archive.Put(TestArchive.Hour.AddMinutes(61), "b", Event(50), Event(62));
            archive.Put(TestArchive.Hour.AddMinutes(65), "a", Event(50), Event(51), Event(64));
        }

        Fill(_archive);
        await _archive.CompactAsync();
        SortedDictionary<string, string> expected = _archive.Made();
        bool killed = true;
        for (int calls = 0; killed; calls++)
        {
            using TestArchive archive = new();
            Fill(archive);
            try
            {
                await archive.CompactAsync(new FailingStore(archive.Store, calls));
                killed = false;
            }
            catch (IOException)
            {
                await archive.CompactAsync();
            }

            Assert.Equal(expected, archive.Made());
        }
    }

    [Fact]
    public async Task Compact_LateEvents_AreMergedAndTheRestStays()
    {
        _archive.Put(TestArchive.Hour, "a", Event(1), Event(3));
        await _archive.CompactAsync();
        _archive.Put(TestArchive.Hour, "a", Event(2));
        _archive.Put(TestArchive.Hour.AddHours(30), "a", Event(4));

        Assert.Equal(2, await _archive.CompactAsync());

        Assert.Equal(["1", "2", "3", "4"], Ids("a", 0));
        Assert.Equal(0, await _archive.CompactAsync());
        Assert.Empty((await new ArchiveVerifier(_archive.Store, deep: true, TestArchive.Hour.AddDays(1)).RunAsync(Cancellation)).Faults);
    }

    [Fact]
    public async Task Compact_DamagedBlob_IsSetAsideAndTheRestGoesOn()
    {
        string damaged = _archive.Put(TestArchive.Hour, "a", Event(1));
        byte[] bytes = await File.ReadAllBytesAsync(Path.Combine(_archive.Folder, damaged), Cancellation);
        bytes[^10] ^= 0xFF;
        _archive.Write(damaged, bytes);
        _archive.Put(TestArchive.Hour, "a", Event(2));

        await _archive.CompactAsync();

        Assert.Equal(["2"], Ids("a", 0));
        string aside = Assert.Single(_archive.Made().Keys, static path => path.StartsWith("quarantine/", StringComparison.Ordinal));
        Assert.Equal("quarantine/date=2026-11-02/damaged-date=2026-11-02-hour=10-p0-0-0.jsonl.gz", aside);
        Assert.Equal(0, await _archive.CompactAsync());
    }

    [Fact]
    public async Task Compact_BlobsOfTheLayoutBefore_AreReadAsOfTheClusterInThePath()
    {
        using MemoryStream packed = new();
        await using (GZipStream zip = new(packed, CompressionLevel.Fastest))
        {
            await zip.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Event(7) + "\n"), Cancellation);
        }

        _archive.Write("raw/cluster=old/date=2026-11-02/hour=10/p0-1-2.jsonl.gz", packed.ToArray());

        await _archive.CompactAsync();

        Assert.Equal(["7"], Ids("old", 0));
    }

    [Fact]
    public async Task Compact_HourThatIsNotOver_IsLeft()
    {
        _archive.Put(TestArchive.Hour.AddHours(1), "a", Event(1));

        Assert.Equal(0, await _archive.CompactAsync(before: TestArchive.Hour.AddHours(1)));
    }

    private static string Event(int minute) => new EventJson
    {
        AuditId = $"{minute}",
        Name = minute % 3 == 0 ? "web" : "cart",
        Resource = minute % 2 == 0 ? "secrets" : "pods",
        Time = TestArchive.Hour.AddMinutes(minute),
    }.ToString();

    private IEnumerable<string> Ids(string cluster, int hour) =>
        new ColumnFileReader(PathOf(ArchivePath.Events(cluster, TestArchive.Hour.AddHours(hour))), ["audit_id"]).Read()
            .Select(static row => row.Text(0));

    private List<EventRow> Rows(string cluster, int hour, TestArchive? archive = null) =>
    [
        .. EventFile.Read(
            Path.Combine((archive ?? _archive).Folder, ArchivePath.Events(cluster, TestArchive.Hour.AddHours(hour))), cluster, new AuditEventParser()),
    ];

    private List<(string Name, long Count)> Ledger(string cluster, int hour) =>
    [
        .. new ColumnFileReader(PathOf(ArchivePath.Ledger(cluster, TestArchive.Hour.AddHours(hour))), ["name", "count"]).Read()
            .Select(static row => (row.Text(0), row.Number(1))),
    ];

    private string PathOf(string path) => Path.Combine(_archive.Folder, path);
}
