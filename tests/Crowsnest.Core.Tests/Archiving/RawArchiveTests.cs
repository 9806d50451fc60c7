using System.IO.Compression;
using System.Text;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Archiving;

public sealed class RawArchiveTests
{
    private static readonly BatchPosition Position = new("3", 100, 131, new DateTimeOffset(2026, 11, 2, 9, 59, 0, TimeSpan.Zero));

    [Fact]
    public void Lay_Records_KeepsTheBytesAndNamesTheLine()
    {
        string first = new EventJson().ToAksRecord();
        string second = EventJson.AksRecord("klog", "kube-scheduler");
        using IntakeBatch batch = Read($$"""{"records":[{{first}},{{second}}]}""");

        ArchivedBatch archived = RawArchive.Lay(batch.Records, Position);

        ArchiveBlob blob = Assert.Single(archived.Blobs);
        Assert.Equal("raw/date=2026-11-02/hour=09/p3-100-131.jsonl.gz", blob.Path);
        Assert.Equal($"{first}\n{second}\n", Unzip(blob));
        Assert.Equal(2, archived.Evidence[1].Line);
        Assert.Equal(blob.Path, archived.Evidence[1].Blob);
    }

    [Fact]
    public void Lay_UnreadableBytes_GoToQuarantineWithTheReason()
    {
        using IntakeBatch batch = Read("not json at all");

        ArchiveBlob blob = Assert.Single(RawArchive.Lay(batch.Records, Position).Blobs);

        Assert.Equal("quarantine/date=2026-11-02/p3-100-131.jsonl.gz", blob.Path);
        string bytes = Convert.ToBase64String(Encoding.UTF8.GetBytes("not json at all"));
        Assert.Equal($$"""{"reason":"NotJson","bytes":"{{bytes}}"}""" + "\n", Unzip(blob));
    }

    [Fact]
    public void Lay_RecordPrintedOverLines_BecomesOneLineOfTheSameLength()
    {
        string record = "{\r\n  \"auditID\": \"a\",\n  \"verb\": \"get\", \"requestURI\": \"/x\" }";
        using IntakeBatch batch = Read(record);

        ArchiveBlob blob = Assert.Single(RawArchive.Lay(batch.Records, Position).Blobs);

        Assert.Equal(record.Replace('\r', ' ').Replace('\n', ' ') + "\n", Unzip(blob));
    }

    [Fact]
    public void Lay_SameBatch_GivesTheSameBytes()
    {
        string message = new EventJson().ToAksRecord();
        using IntakeBatch first = Read(message);
        using IntakeBatch second = Read(message);

        Assert.Equal(
            RawArchive.Lay(first.Records, Position).Blobs[0].Content,
            RawArchive.Lay(second.Records, Position).Blobs[0].Content);
    }

    [Fact]
    public void Lay_RecordsOfSeveralClusters_AreOneBlobSortedByCluster()
    {
        string late = """{"auditID":"1","verb":"get","requestURI":"/1","stage":"ResponseComplete"}""";
        string early = """{"auditID":"2","verb":"get","requestURI":"/2","stage":"ResponseComplete"}""";
        using IntakeBatch batch = new();
        MessageReader reader = new(new AuditEventParser(), "default");
        foreach ((string json, string cluster) in new[] { (late, "zebra"), (early, "ape"), (late, "ape") })
        {
            reader.Read(new HubMessage(Encoding.UTF8.GetBytes(json), 100, Position.Arrived, cluster), batch);
        }

        ArchivedBatch archived = RawArchive.Lay(batch.Records, Position);

        ArchiveBlob blob = Assert.Single(archived.Blobs);
        Assert.Equal($"{early}\n{late}\n{late}\n", Unzip(blob));
        Assert.Equal([3, 1, 2], archived.Evidence.Select(static place => place.Line));
        Assert.Equal(
            [("ape", 1, $"{early}\n{late}\n"), ("zebra", 3, $"{late}\n")],
            RawMember.Of(blob.Path, blob.Content)
                .Select(static member => (member.Cluster!, member.FirstLine, Encoding.UTF8.GetString(member.Unpack().Span))));
    }

    [Fact]
    public void Members_OfABlobOfOneClusterAsItWasOnce_AreOfTheClusterInThePath()
    {
        using MemoryStream packed = new();
        using (GZipStream zip = new(packed, CompressionLevel.Fastest))
        {
            zip.Write("{}\n{}\n"u8);
        }

        RawMember member = Assert.Single(RawMember.Of("raw/cluster=old-1/date=2026-11-02/hour=09/p0-1-2.jsonl.gz", packed.ToArray()));

        Assert.Equal(("old-1", 1), (member.Cluster, member.FirstLine));
        Assert.Equal("{}\n{}\n", Encoding.UTF8.GetString(member.Unpack().Span));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(60)]
    public void Members_OfACutBlob_AreNotTakenForWhole(int missing)
    {
        using IntakeBatch batch = Read(new EventJson().ToAksRecord());
        ArchiveBlob blob = RawArchive.Lay(batch.Records, Position).Blobs[0];

        Assert.Throws<InvalidDataException>(
            () => RawMember.Of(blob.Path, blob.Content.AsMemory(0, blob.Content.Length - missing)).Sum(static one => one.Unpack().Length));
    }

    [Theory]
    [InlineData("raw/date=2026-11-02/hour=09/p3-100-131.jsonl.gz", null)]
    [InlineData("raw/date=2026-11-02/hour=09/p3-100-131-0123456789ab.jsonl.gz", null)]
    [InlineData("raw/cluster=old-1/date=2026-11-02/hour=09/p3-100-131.jsonl.gz", "old-1")]
    public void Parse_PathOfEveryLayout_IsRead(string path, string? cluster) => Assert.Equal(
        new RawPath(new DateTimeOffset(2026, 11, 2, 9, 0, 0, TimeSpan.Zero), cluster, "3", 100, 131), RawPath.Parse(path));

    private static IntakeBatch Read(string message)
    {
        IntakeBatch batch = new();
        new MessageReader(new AuditEventParser(), "default").Read(
            new HubMessage(Encoding.UTF8.GetBytes(message), 100, Position.Arrived), batch);
        return batch;
    }

    private static string Unzip(ArchiveBlob blob)
    {
        using StreamReader reader = new(new GZipStream(new MemoryStream(blob.Content), CompressionMode.Decompress));
        return reader.ReadToEnd();
    }
}
