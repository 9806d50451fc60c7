using System.IO.Compression;
using System.Text;
using Crowsnest.Azure.Files;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;
using Crowsnest.Testing;

namespace Crowsnest.Azure.Tests.Files;

public sealed class AuditFileTests
{
    [Fact]
    public async Task ReadPieces_ManyLines_GivesEveryEventOnce()
    {
        StringBuilder lines = new();
        for (int i = 0; i < 5_000; i++)
        {
            lines.Append(new EventJson { AuditId = $"id-{i}", Name = new string('n', i % 700) }).Append('\n');
        }

        HashSet<string> ids = await ReadAsync(Encoding.UTF8.GetBytes(lines.ToString()));

        Assert.Equal(5_000, ids.Count);
    }

    [Fact]
    public async Task ReadPieces_OneEventLargerThanAPiece_ComesWhole()
    {
        string large = new EventJson { AuditId = "large", RequestObject = "{\"a\":\"" + new string('x', 3_000_000) + "\"}" }.ToString();

        HashSet<string> ids = await ReadAsync(Encoding.UTF8.GetBytes($"{new EventJson()}\n{large}\n{new EventJson { AuditId = "last" }}"));

        Assert.Equal(3, ids.Count);
        Assert.Contains("large", ids);
    }

    [Theory]
    [InlineData("", "2026-11-02T10:00:00Z {0}\n", "")]
    [InlineData("[\n", "{0},\n", "{0}\n]\n")]
    [InlineData("{\"records\":[\n", "{0},\n", "{0}\n]}\n")]
    public async Task ReadPieces_LinesThatDoNotBeginWithAnEvent_GivesEveryEventOnce(string before, string line, string after)
    {
        StringBuilder lines = new(before);
        for (int i = 0; i < 5_000; i++)
        {
            lines.Append(line.Replace("{0}", new EventJson { AuditId = $"id-{i}" }.ToString(), StringComparison.Ordinal));
        }

        lines.Append(after.Replace("{0}", new EventJson { AuditId = "id-0", Verb = "get" }.ToString(), StringComparison.Ordinal));

        HashSet<string> ids = await ReadAsync(Encoding.UTF8.GetBytes(lines.ToString()));

        Assert.Equal(5_000, ids.Count);
    }

    [Fact]
    public async Task Open_GzipFile_IsDecompressed()
    {
        string path = Path.GetTempFileName();
        await using (GZipStream zip = new(File.Create(path), CompressionMode.Compress))
        {
            await zip.WriteAsync(Encoding.UTF8.GetBytes(new EventJson().ToString()), TestContext.Current.CancellationToken);
        }

        await using Stream stream = await AuditFile.OpenAsync(path, TestContext.Current.CancellationToken);
        using StreamReader reader = new(stream);
        Assert.Equal(new EventJson().ToString(), await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<HashSet<string>> ReadAsync(byte[] content)
    {
        HashSet<string> ids = [];
        MessageReader reader = new(new AuditEventParser(), "default");
        await foreach (HubMessage piece in AuditFile.ReadPiecesAsync(new MemoryStream(content), TestContext.Current.CancellationToken))
        {
            using IntakeBatch batch = new();
            reader.Read(piece, batch);
            Assert.Equal(batch.Counts.Total, batch.Counts.Parsed);
            ids.UnionWith(batch.Records.Select(static record => record.Event!.AuditId));
        }

        return ids;
    }
}
