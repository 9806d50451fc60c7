using System.Diagnostics;
using System.Text;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;
using Crowsnest.Testing;
using CsCheck;

namespace Crowsnest.Core.Tests.Intake;

/// <summary>
/// Mutations of real messages and random bytes: nothing throws, nothing hangs, everything is accounted for. The number of
/// inputs is 20,000 here; dotnet test -p:Fuzz=500000 makes half a million.
/// </summary>
[Collection(nameof(Alone))]
public sealed class HostileInputTests
{
    /// <summary>What others hold in memory meanwhile would be taken for what is leaked here.</summary>
    [CollectionDefinition(nameof(Alone), DisableParallelization = true)]
    public sealed class Alone;

    private const string Seed = "0000KOIPuuS3";

    private static int Inputs => int.TryParse(
        AppContext.GetData("Crowsnest.Fuzz") as string,
        System.Globalization.CultureInfo.InvariantCulture,
        out int wanted) ? wanted : 20_000;

    [Fact]
    public void Show_MutatedMessages_NeverThrowsAndShowsNothingUnseen() => HostileMessages.Any.Sample(
        static bytes => EvidenceText.Of(bytes).Text.EnumerateRunes().All(static rune => rune.Value == '\n' || !SafeText.IsUnseen(rune)),
        iter: Inputs / 10,
        seed: Seed,
        threads: 1);

    [Fact]
    public void Read_MutatedMessages_NeverThrowsOrHangsAndLosesNothing()
    {
        MessageReader reader = new(new AuditEventParser(), "default");
        long before = GC.GetTotalMemory(forceFullCollection: true);

        TimeSpan TimeToRead(byte[] bytes)
        {
            long started = Stopwatch.GetTimestamp();
            using IntakeBatch batch = new();
            reader.Read(new HubMessage(bytes, 1, DateTimeOffset.UnixEpoch), batch);
            return Stopwatch.GetElapsedTime(started);
        }

        HostileMessages.Any.Sample(
            bytes =>
            {
                lock (reader)
                {
                    TimeSpan limit = TimeSpan.FromMilliseconds(Math.Max(250, 10 * bytes.Length / 1024));
                    using IntakeBatch batch = new();
                    reader.Read(new HubMessage(bytes, 1, DateTimeOffset.UnixEpoch), batch);

                    // A busy machine is slow once, a message that hangs us always.
                    return Enumerable.Range(0, 3).Any(_ => TimeToRead(bytes) < limit)
                        && batch.Counts.Total > 0 && batch.Records.All(Holds);
                }
            },
            iter: Inputs,
            seed: Seed,
            threads: 1);

        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(grown < 64 << 20, $"{grown} bytes more in use than before");
    }

    [Fact]
    public void Read_RecordOfFiftyMegabytes_IsRead()
    {
        string large = new EventJson { RequestObject = "{\"a\":\"" + new string('x', 50_000_000) + "\"}" }.ToAksRecord();

        using IntakeBatch batch = Read(Encoding.UTF8.GetBytes(large));

        Assert.Equal(1, batch.Counts.Parsed);
    }

    [Fact]
    public void Read_FortyMegabytesOfRecords_AreAllRead()
    {
        StringBuilder message = new("{\"records\":[");
        for (int i = 0; i < 40_000; i++)
        {
            message.Append(i == 0 ? "" : ",").Append(new EventJson { AuditId = $"id-{i}" }.ToAksRecord());
        }

        using IntakeBatch batch = Read(Encoding.UTF8.GetBytes(message.Append("]}").ToString()));

        Assert.Equal(40_000, batch.Counts.Parsed);
    }

    [Fact]
    public void Read_ContainersInContainers_DoNotOverflowTheStack()
    {
        string nested = string.Concat(Enumerable.Repeat("{\"records\":[", 100_000));

        using IntakeBatch open = Read(Encoding.UTF8.GetBytes(nested));
        using IntakeBatch closed = Read(Encoding.UTF8.GetBytes(nested + string.Concat(Enumerable.Repeat("]}", 100_000))));

        Assert.Equal(1, open.Counts.Quarantined);
        Assert.Equal(1, closed.Counts.Quarantined);
    }

    [Fact]
    public void Read_DuplicateKeys_TheLastOneCounts()
    {
        using IntakeBatch batch = Read("""{"auditID":"a","verb":"get","verb":"delete","requestURI":"/x"}"""u8.ToArray());

        Assert.Equal("delete", Assert.Single(batch.Records).Event!.Verb);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("0001-01-01T00:30:00Z")]
    [InlineData("9999-12-31T23:59:59Z")]
    [InlineData("0001-01-01T00:30:00+02:00")]
    public void Read_TimesThatAreNone_FallBackToTheEnvelope(string time)
    {
        string record = (
            """{"time":"NaN","category":"kube-audit","properties":{"log":"{\"auditID\":\"a\",\"verb\":\"get\",\"requestURI\":\"/x\","""
            + """\"requestReceivedTimestamp\":\"NaN\",\"stageTimestamp\":5}"}}""")
            .Replace("NaN", time, StringComparison.Ordinal);

        using IntakeBatch batch = Read(Encoding.UTF8.GetBytes(record));

        Assert.Equal(DateTimeOffset.UnixEpoch, Assert.Single(batch.Records).Event!.Time);
    }

    [Fact]
    public void Read_GzipBomb_IsSetAside()
    {
        byte[] zeros = new byte[1 << 20];
        using MemoryStream packed = new();
        using (System.IO.Compression.GZipStream zip = new(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            for (int i = 0; i < 200; i++)
            {
                zip.Write(zeros);
            }
        }

        using IntakeBatch batch = Read(packed.ToArray());

        Assert.Equal(QuarantineReason.TooLarge, Assert.Single(batch.Records).Reason);
    }

    [Fact]
    public void Read_AuditIdOfAnEarlierRequest_IsNoDuplicate()
    {
        // A client chooses the auditID (header Audit-ID); one who sends that of another request must not vanish behind it.
        EventJson harmless = new() { Verb = "get", Code = 200 };
        EventJson attack = new() { Verb = "create", Resource = "clusterrolebindings", Time = harmless.Time.AddSeconds(5) };

        using IntakeBatch batch = Read(Encoding.UTF8.GetBytes($"{harmless}\n{attack}"));

        Assert.Equal(2, batch.Counts.Parsed);
    }

    [Fact]
    public void Read_AnyBatchSizesAndOrder_GiveTheSameEvents()
    {
        List<byte[]> messages = [.. Enumerable.Range(0, 60).Select(static i =>
        {
            string first = new EventJson { AuditId = $"a{i}" }.ToAksRecord();
            string second = new EventJson { AuditId = $"b{i}" }.ToAksRecord("kube-audit-admin");
            return Encoding.UTF8.GetBytes($$"""{"records":[{{first}},{{second}}]}""");
        })];
        string[] expected = [.. Events([messages])];

        Gen.Select(Gen.Shuffle(messages.Concat(messages.Take(6)).ToArray()), Gen.Int[1, 30]).Sample(
            (shuffled, size) => expected.SequenceEqual(Events(shuffled.Chunk(size))),
            iter: 200,
            seed: Seed,
            threads: 1);
    }

    private static SortedSet<string> Events(IEnumerable<IEnumerable<byte[]>> batches)
    {
        SortedSet<string> events = new(StringComparer.Ordinal);
        MessageReader reader = new(new AuditEventParser(), "default");
        foreach (IEnumerable<byte[]> messages in batches)
        {
            using IntakeBatch batch = new();
            foreach (byte[] message in messages)
            {
                reader.Read(new HubMessage(message, 1, DateTimeOffset.UnixEpoch), batch);
            }

            events.UnionWith(batch.Records.Where(static r => r.Event is not null)
                .Select(static r => $"{RequestKey.Of(r.Event!)} {r.Event!.AuditId} {r.Cluster}"));
        }

        return events;
    }

    private static bool Holds(IntakeRecord record) => record.Outcome switch
    {
        IntakeOutcome.Parsed => record.Event is { } whole && whole.AuditId.Length + whole.RequestUri.Length > 0
            && whole.Truncated == (whole.Annotation("audit.k8s.io/truncated") == "true"),
        IntakeOutcome.Salvaged => record.Event is { } part && part.AuditId.Length + part.RequestUri.Length > 0,
        IntakeOutcome.Quarantined => record.Event is null && record.Reason != QuarantineReason.None,
        _ => record.Event is null,
    };

    private static IntakeBatch Read(byte[] message)
    {
        IntakeBatch batch = new();
        new MessageReader(new AuditEventParser(), "default").Read(new HubMessage(message, 1, DateTimeOffset.UnixEpoch), batch);
        return batch;
    }
}
