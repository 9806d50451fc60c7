using System.Text;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;
using CsCheck;

namespace Crowsnest.Core.Tests.Intake;

/// <summary>
/// The same messages over any number of partitions, in batches of any size and order, delivered again and re-cut with
/// overlaps: the same requests, detections and counts.
/// </summary>
public sealed class FeedTallyTests
{
    private const string Seed = "0000KOIPuuS3";
    private static readonly byte[][] Messages = MakeMessages();
    private static readonly RuleSet Rules = RuleSet.Load(RepositoryFiles.RuleFiles);

    [Fact]
    [Trait("Category", "Slow")]
    public void Counts_AnyPartitionsBatchesOrderAndOverlaps_AreTheSame()
    {
        Result expected = Deliver([(0, Messages.Length)], static _ => 0);
        Gen<(int Start, int Length)[]> overlaps = Gen.Select(Gen.Int[0, Messages.Length - 1], Gen.Int[1, 20]).Array[0, 8];
        Gen<(int[] Sizes, int Partitions, (int Start, int Length)[] Overlaps, int Shuffle)> deliveries =
            Gen.Select(Gen.Int[1, 25].Array[Messages.Length], Gen.Int[1, 32], overlaps, Gen.Int[0, 1_000_000]);

        deliveries.Sample(
            delivery =>
            {
                List<(int Start, int Length)> batches = [.. delivery.Overlaps];
                for (int start = 0, i = 0; start < Messages.Length; start += delivery.Sizes[i++])
                {
                    batches.Add((start, delivery.Sizes[i]));
                }

                batches = [.. batches.OrderBy(batch => HashCode.Combine(batch.Start * 7919, delivery.Shuffle))];
                return expected.Equals(Deliver(batches, m => m % delivery.Partitions));
            },
            iter: 100,
            seed: Seed,
            threads: 1);

        // Two good ones, a repetition of each in the other category, one cut, two without an id, one other, one broken.
        Assert.Equal(expected.Counts.Total, Messages.Length * 9);
        Assert.Equal(Messages.Length * 4, expected.Counts.Parsed);
        Assert.Equal(Messages.Length, expected.Counts.Salvaged);
        Assert.Equal(Messages.Length * 2, expected.Counts.Duplicate);
        Assert.Equal(Messages.Length, expected.Counts.OtherCategory);
        Assert.Equal(Messages.Length, expected.Counts.Quarantined);
        Assert.True(expected.Detections.Split('\n').Length >= Messages.Length);
    }

    [Theory]
    [InlineData(60 * 1024)]
    [InlineData(1024)]
    public void ToPieces_ReadBackInAnyOrder_GiveTheSameCounts(int largest)
    {
        FeedTally whole = new();
        using IntakeBatch batch = new();
        MessageReader reader = new(new AuditEventParser(), "prod");
        for (int m = 0; m < Messages.Length; m++)
        {
            reader.Read(new HubMessage(Messages[m], m, DateTimeOffset.UnixEpoch), batch);
        }

        foreach (FeedTally tally in FeedTally.Of(batch, "0").Values)
        {
            whole.Merge(tally);
        }

        FeedTally back = new();
        foreach (byte[] piece in whole.ToPieces(largest).Reverse())
        {
            Assert.True(piece.Length <= largest, $"{piece.Length} bytes");
            back.Merge(FeedTally.Read(piece));
        }

        Assert.Equal(whole.Counts(), back.Counts());
    }

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("0105")]
    [InlineData("7F0000")]
    [InlineData("01FFFFFFFF0F0000")]
    [InlineData("010101300100000000000000FFFFFFFF0F000000000000")]
    [InlineData("01010130010000000000000000FFFFFFFF0F0000000000")]
    [InlineData("0100FFFFFFFF0F00")]
    public void Read_Damaged_Throws(string hex) =>
        Assert.Throws<InvalidDataException>(() => FeedTally.Read(Convert.FromHexString(hex)));

    // A hub that was made anew counts from one again: the same numbers stand for other messages. And pieces may be of any kind.
    [Fact]
    public void Counts_WhateverIsMerged_AreNeverBelowZero()
    {
        MessageReader reader = new(new AuditEventParser(), "prod");
        Gen<(int Content, int Number)[]> messages = Gen.Select(Gen.Int[0, Messages.Length - 1], Gen.Int[0, 3]).Array[0, 40];

        messages.Sample(
            delivered =>
            {
                FeedTally sum = new();
                foreach ((int content, int number) in delivered)
                {
                    using IntakeBatch batch = new();
                    reader.Read(new HubMessage(Messages[content], number, DateTimeOffset.UnixEpoch), batch);
                    sum.Merge(Assert.Single(FeedTally.Of(batch, "0")).Value);
                }

                IntakeCounts counts = sum.Counts();
                return new[] { counts.Parsed, counts.Salvaged, counts.Duplicate, counts.OtherCategory, counts.Quarantined, counts.Total }
                    .All(static count => count >= 0);
            },
            iter: 300,
            seed: Seed,
            threads: 1);
    }

    [Fact]
    public void Counts_MoreThanFit_StayAtTheLargest()
    {
        // Each of the messages says that it has two thousand million other records.
        FeedTally sum = new();
        for (byte i = 1; i <= 3; i++)
        {
            sum.Merge(FeedTally.Read([1, 1, 1, (byte)'0', i, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0, 0, 0]));
        }

        Assert.Equal(int.MaxValue, sum.Counts().OtherCategory);
    }

    // Each batch of each partition goes to an instance of its own: nothing but what is written is shared.
    private static Result Deliver(IReadOnlyList<(int Start, int Length)> batches, Func<int, int> partitionOf)
    {
        FeedTally feed = new();
        SortedSet<string> detections = new(StringComparer.Ordinal);
        SortedSet<string> requests = new(StringComparer.Ordinal);
        foreach ((int start, int length) in batches)
        {
            IEnumerable<int> indices = Enumerable.Range(start, Math.Min(length, Messages.Length - start));
            foreach (IGrouping<int, int> partition in indices.GroupBy(partitionOf))
            {
                AuditPipeline pipeline = new(new MessageReader(new AuditEventParser(), "prod"), new Judge(Rules, null, 10));
                using IntakeBatch batch = pipeline.Read(
                    partition.Select(m => new HubMessage(Messages[m], m, DateTimeOffset.UnixEpoch.AddHours(m / 20))));
                HashSet<RequestKey> judged = [];
                Evidence[] evidence = new Evidence[batch.Records.Count];
                Array.Fill(evidence, new Evidence("raw", 1));
                detections.UnionWith(pipeline.Judge(batch, evidence, judged).Select(static d => d.Id));
                requests.UnionWith(judged.Select(static request => request.ToString()));
                string name = partition.Key.ToString(System.Globalization.CultureInfo.InvariantCulture);
                foreach (FeedTally tally in FeedTally.Of(batch, name).Values)
                {
                    feed.Merge(tally);
                }
            }
        }

        return new Result(feed.Counts(), string.Join('\n', requests), string.Join('\n', detections));
    }

    private static byte[][] MakeMessages() =>
    [
        .. Enumerable.Range(0, 60).Select(static i =>
        {
            EventJson exec = new() { AuditId = $"exec-{i}", Subresource = "exec", Code = 101 };
            EventJson read = new() { AuditId = $"read-{i}", Verb = "get", Code = 200 };

            // The neighbour's events come again here, in the other category.
            EventJson execAgain = exec with { AuditId = $"exec-{(i + 7) % 60}" };
            EventJson readAgain = read with { AuditId = $"read-{(i + 31) % 60}" };
            string cut = new EventJson { AuditId = $"cut-{i}", RequestObject = """{"spec":{"a":"b"}}""" }.ToString();
            string withoutId = new EventJson { AuditId = "", Verb = "get" }.ToAksRecord();
            string[] records =
            [
                exec.ToAksRecord(), read.ToAksRecord(), execAgain.ToAksRecord("kube-audit-admin"),
                readAgain.ToAksRecord("kube-audit-admin"),
                EventJson.AksRecord(cut[..cut.IndexOf("requestReceived", StringComparison.Ordinal)]),
                withoutId, withoutId, EventJson.AksRecord("I1102 scheduler", "kube-scheduler"), EventJson.AksRecord("E1102 klog"),
            ];
            return Encoding.UTF8.GetBytes($$"""{"records":[{{string.Join(',', records)}}]}""");
        }),
    ];

    private sealed record Result(IntakeCounts Counts, string Requests, string Detections);
}
