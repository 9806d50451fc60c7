using Crowsnest.Azure.Compaction;
using Crowsnest.Core.Archiving;
using Crowsnest.Testing;

namespace Crowsnest.Azure.Tests.Compaction;

/// <summary>No raw blob goes before its events are in the archive's files.</summary>
public sealed class RawExpiryTests : IDisposable
{
    private readonly TestArchive _archive = new();
    private readonly List<string> _kept = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _archive.Dispose();

    [Fact]
    public async Task Expire_Compacted_GoesWhenItIsOldEnough()
    {
        string old = _archive.Put(TestArchive.Hour, "a", Event(1));
        string young = _archive.Put(TestArchive.Hour.AddHours(1), "a", Event(2));
        await _archive.CompactAsync();
        SortedDictionary<string, string> made = _archive.Made();

        Assert.Equal(1, await ExpireAsync());

        Assert.False(Exists(old));
        Assert.True(Exists(young));
        Assert.Equal(made, _archive.Made());
        Assert.Empty(_kept);
        Assert.Equal(0, await ExpireAsync());
    }

    [Fact]
    public async Task Expire_NotCompacted_Stays()
    {
        string compacted = _archive.Put(TestArchive.Hour, "a", Event(1));
        await _archive.CompactAsync();
        string late = _archive.Put(TestArchive.Hour, "a", Event(2));

        Assert.Equal(1, await ExpireAsync());

        Assert.False(Exists(compacted));
        Assert.True(Exists(late));
        Assert.Contains("1 raw blobs were not compacted", Assert.Single(_kept), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Expire_NoManifest_Stays()
    {
        string raw = _archive.Put(TestArchive.Hour, "a", Event(1));

        Assert.Equal(0, await ExpireAsync());

        Assert.True(Exists(raw));
    }

    [Theory]
    [InlineData("missing", "is missing")]
    [InlineData("damaged", "can't be read")]
    [InlineData("fewer", "has 1 events and had 2")]
    public async Task Expire_TheFileOfEventsIsNotAsItWas_Stays(string state, string why)
    {
        string raw = _archive.Put(TestArchive.Hour, "a", Event(1), Event(2));
        await _archive.CompactAsync();
        string events = Path.Combine(_archive.Folder, ArchivePath.Events("a", TestArchive.Hour));
        File.Delete(events);
        if (state == "damaged")
        {
            await File.WriteAllBytesAsync(events, [1, 2, 3, 4], Cancellation);
        }
        else if (state == "fewer")
        {
            using TestArchive other = new();
            other.Put(TestArchive.Hour, "a", Event(1));
            await other.CompactAsync();
            File.Copy(Path.Combine(other.Folder, ArchivePath.Events("a", TestArchive.Hour)), events);
        }

        Assert.Equal(0, await ExpireAsync());

        Assert.True(Exists(raw));
        Assert.Contains(why, Assert.Single(_kept), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Expire_RawBlobIsAnotherThanWasCompacted_Stays()
    {
        string raw = _archive.Put(TestArchive.Hour, "a", Event(1));
        await _archive.CompactAsync();
        _archive.Write(raw, [1, 2, 3]);

        Assert.Equal(0, await ExpireAsync());

        Assert.True(Exists(raw));
    }

    private Task<int> ExpireAsync() => new RawExpiry(_archive.Store, new CompactionOptions())
        .RunAsync(TestArchive.Hour.AddHours(1), (_, why) => _kept.Add(why), Cancellation);

    private bool Exists(string raw) => File.Exists(Path.Combine(_archive.Folder, raw));

    private static string Event(int minute) =>
        new EventJson { AuditId = $"{minute}", Time = TestArchive.Hour.AddMinutes(minute) }.ToString();
}
