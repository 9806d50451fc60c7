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
        Assert.StartsWith("raw/cluster=prod-", blob.Path, StringComparison.Ordinal);
        Assert.EndsWith("/date=2026-11-02/hour=09/p3-100-131.jsonl.gz", blob.Path, StringComparison.Ordinal);
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
