using System.IO.Compression;
using System.Text;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Feeds;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Intake;

/// <summary>Many small messages of a delivery, each of which unpacks to the most that one may.</summary>
public sealed class IntakeBudgetTests
{
    private static readonly AuditPipeline Pipeline =
        new(new MessageReader(new AuditEventParser(), "prod"), new Judge(RuleSet.Load(RepositoryFiles.RuleFiles), null, 10));

    private static readonly byte[] Honest = Packed(
        string.Concat(Enumerable.Range(0, 200).Select(static i => new EventJson { AuditId = $"honest-{i}" } + "\n")));

    [Fact]
    [Trait("Category", "Slow")]
    public void ReadPart_ManyBombs_StopsUnpackingAndReadsTheHonestOnes()
    {
        // One event in front, and white space that JSON ignores.
        byte[] bomb = Packed(new EventJson { AuditId = "bomb" } + new string(' ', 60_000_000));
        List<HubMessage> messages = [.. Enumerable.Range(0, 24).Select(i => Message(i % 4 == 3 ? Honest : bomb, i))];

        (List<(long Message, IntakeRecord Record)> records, List<int> parts) = Deliver(messages);

        // Eight of 60 million bytes fit in what a delivery may unpack to, the ninth in part; the others keep a megabyte each.
        Assert.Equal(24, parts.Sum());
        Assert.All(parts, static part => Assert.InRange(part, 1, 16));
        Assert.Equal(10, records.Count(static one => one.Record.Reason == QuarantineReason.BatchTooLarge));
        Assert.Equal(6 * 200, records.Count(static one => one.Message % 4 == 3 && IsAudit(one.Record)));
        Assert.Equal(18, records.Count(static one => one.Message % 4 != 3 && IsAudit(one.Record)));
        Assert.All(
            records.Where(static one => one.Record.Reason == QuarantineReason.BatchTooLarge),
            one => Assert.Equal(bomb.Length, one.Record.Raw.Length));
    }

    [Fact]
    public void ReadPart_ManyRecords_StopsAtTheLimitAndKeepsTheRest()
    {
        byte[] bomb = Packed(string.Concat(Enumerable.Repeat("{}\n", 300_000)));
        List<HubMessage> messages = [.. Enumerable.Range(0, 20).Select(i => Message(i == 19 ? Honest : bomb, i))];

        (List<(long Message, IntakeRecord Record)> records, List<int> parts) = Deliver(messages);

        Assert.All(parts.SkipLast(1), static part => Assert.InRange(part, 1, 3));
        Assert.InRange(records.Count, IntakeBudget.MostRecords, IntakeBudget.MostRecords + 30_000);
        Assert.Equal(10, records.Count(static one => one.Record.Reason == QuarantineReason.BatchTooLarge));
        Assert.Equal(200, records.Count(static one => one.Message == 19 && IsAudit(one.Record)));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void ReadPart_PackedTextWithinJson_CountsToo()
    {
        string inner = Convert.ToBase64String(Packed("{\"a\":\"" + new string('x', 60_000_000) + "\"}"));
        List<HubMessage> messages =
            [.. Enumerable.Range(0, 6).Select(i => Message(Encoding.UTF8.GetBytes($"{{\"message\":\"{inner}\"}}"), i))];

        (_, List<int> parts) = Deliver(messages);

        Assert.All(parts, static part => Assert.InRange(part, 1, 3));
    }

    [Fact]
    public void ReadPart_UsualDelivery_IsOnePart()
    {
        List<HubMessage> messages = [.. Enumerable.Range(0, 128).Select(static i => Message(Honest, i))];

        (List<(long Message, IntakeRecord Record)> records, List<int> parts) = Deliver(messages);

        Assert.Equal([128], parts);
        Assert.Equal(128 * 200, records.Count);
    }

    [Fact]
    public void RefusedMessages_AreToldOnceForAClusterWithTheirCount()
    {
        byte[] bomb = Packed(string.Concat(Enumerable.Repeat("{}\n", 300_000)));
        using IntakeBatch batch = Pipeline.ReadPart([Message(Honest, 1), Message(bomb, 2), Message(bomb, 3)], 0, new IntakeBudget());
        Evidence[] evidence = [.. Enumerable.Range(0, batch.Records.Count).Select(static i => new Evidence("blob", i))];

        Detection told = Assert.Single(RefusedMessages.In(batch, evidence));

        Assert.Equal(("prod", Severity.High, "Message holds more than is read"), (told.Cluster, told.Severity, told.Rule.Title));
        Assert.StartsWith("message 2 holds more records than a message may hold", told.What, StringComparison.Ordinal);
        Assert.EndsWith("; 1 more like it", told.What, StringComparison.Ordinal);
        Assert.Equal(QuarantineReason.TooManyRecords, batch.Records[(int)Assert.Single(told.Evidence).Line].Reason);
        using IntakeBatch honest = Pipeline.ReadPart([Message(Honest, 1)], 0, new IntakeBudget());
        Assert.Empty(RefusedMessages.In(honest, evidence));
    }

    // As the ingestor does: part by part, and what a part held is given back before the next.
    private static (List<(long Message, IntakeRecord Record)> Records, List<int> Parts) Deliver(List<HubMessage> messages)
    {
        IntakeBudget budget = new();
        List<(long, IntakeRecord)> records = [];
        List<int> parts = [];
        for (int first = 0; first < messages.Count; first += parts[^1])
        {
            using IntakeBatch batch = Pipeline.ReadPart(messages, first, budget);
            records.AddRange(batch.ByMessage().Select(static one => (one.Message.SequenceNumber, one.Record with { Event = null })));
            parts.Add(batch.Messages.Count);
        }

        return (records, parts);
    }

    // Those that came before within the part are audit events as well.
    private static bool IsAudit(IntakeRecord record) => record.Outcome is IntakeOutcome.Parsed or IntakeOutcome.Duplicate;

    private static HubMessage Message(byte[] body, long sequence) => new(body, sequence, new DateTimeOffset(2026, 11, 2, 9, 0, 0, TimeSpan.Zero));

    private static byte[] Packed(string text)
    {
        using MemoryStream stream = new();
        using (GZipStream zip = new(stream, CompressionLevel.Optimal))
        {
            zip.Write(Encoding.UTF8.GetBytes(text));
        }

        return stream.ToArray();
    }
}
