using System.IO.Compression;
using System.Text;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Intake;

/// <summary>A few kilobytes can unpack to millions of records: what lies beyond a limit is kept and counted, not read.</summary>
public sealed class IntakeLimitTests
{
    private const int Most = 100_000;

    [Theory]
    [InlineData("", "{}\n", "")]
    [InlineData("[", "{},", "{}]")]
    [InlineData("{\"records\":[", "{},", "{}]}")]
    [InlineData("{\"logEvents\":[{\"message\":EVENT},", "{},", "{}]}")]
    [InlineData("", "x\n{}\n", "")]
    [Trait("Category", "Slow")]
    public void Read_MillionsOfRecords_StopsAndKeepsTheRest(string before, string one, string after)
    {
        string text = before.Replace("EVENT", new EventJson().ToString(), StringComparison.Ordinal)
            + string.Concat(Enumerable.Repeat(one, 3_000_000)) + after;

        using IntakeBatch batch = Read(Packed(Encoding.UTF8.GetBytes(text)));

        Assert.InRange(batch.Records.Count, Most, Most + 2);
        Assert.Equal(QuarantineReason.TooManyRecords, batch.Records[^1].Reason);
        Assert.True(batch.Records[^1].Raw.Length > text.Length / 2);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void Read_MoreThanAMessageMayHold_ReadsWhatComesBeforeTheLimit()
    {
        byte[] text = Encoding.UTF8.GetBytes($"{new EventJson()}\n{{\"a\":\"{new string('x', 70_000_000)}\"}}");

        using IntakeBatch batch = Read(Packed(text));

        Assert.Equal(new IntakeCounts(1, 0, 0, 0, 1), batch.Counts);
        Assert.Equal(QuarantineReason.TooLarge, batch.Records[1].Reason);
    }

    [Fact]
    public void Read_DamagedGzip_ReadsWhatComesBeforeTheDamage()
    {
        StringBuilder lines = new();
        for (int i = 0; i < 2_000; i++)
        {
            lines.Append(new EventJson { AuditId = Guid.NewGuid().ToString() }).Append('\n');
        }

        byte[] packed = Packed(Encoding.UTF8.GetBytes(lines.ToString()));
        packed.AsSpan(packed.Length / 2, 64).Fill(0xFF);

        using IntakeBatch batch = Read(packed);

        Assert.InRange(batch.Counts.Parsed, 1, 1_999);
        Assert.Equal(QuarantineReason.BadGzip, batch.Records[^1].Reason);
        Assert.Equal(packed.Length, batch.Records[^1].Raw.Length);
    }

    private static byte[] Packed(byte[] text)
    {
        using MemoryStream stream = new();
        using (GZipStream zip = new(stream, CompressionLevel.Fastest))
        {
            zip.Write(text);
        }

        return stream.ToArray();
    }

    private static IntakeBatch Read(byte[] message)
    {
        IntakeBatch batch = new();
        new MessageReader(new AuditEventParser(), "default").Read(new HubMessage(message, 1, DateTimeOffset.UnixEpoch), batch);
        return batch;
    }
}
