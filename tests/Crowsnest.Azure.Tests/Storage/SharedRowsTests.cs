using System.Globalization;
using Azure.Data.Tables;
using Crowsnest.Azure.Storage;

namespace Crowsnest.Azure.Tests.Storage;

/// <summary>Rows of many clusters are few transactions, and those of a cluster keep their order.</summary>
public sealed class SharedRowsTests
{
    // Rows lie where earlier versions have put them.
    [Theory]
    [InlineData("prod", "_shared|3", "_shared|1|2026-11")]
    [InlineData("kubeauditlogtestcluster-803ad7", "_shared|3", "_shared|1|2026-11")]
    [InlineData("kube-1", "_shared|0", "_shared|0|2026-11")]
    public void Partition_OfACluster_IsForEverTheSame(string cluster, string expected, string ofMonth)
    {
        Assert.Equal(expected, SharedPartition.Of(cluster));
        Assert.Equal(ofMonth, SharedPartition.Of(cluster, new DateOnly(2026, 11, 30)));
        Assert.Contains(expected, SharedPartition.All);
    }

    [Fact]
    public void Range_OfACluster_HoldsItsRowsAndNoOthers()
    {
        string range = SharedPartition.Range("cells", "prod", "", "~");
        string from = range.Split('\'')[3];
        string to = range.Split('\'')[5];

        bool Holds(string key) => string.CompareOrdinal(key, from) >= 0 && string.CompareOrdinal(key, to) < 0;

        Assert.True(Holds(SharedPartition.Key("cells", "prod", "2026-11-02T09.40|p0-1-2-0")));
        Assert.True(Holds(SharedPartition.Key("cells", "prod", "m0")));
        foreach (string other in new[] { "prod-2", "prod.x", "pro", "prod2" })
        {
            Assert.False(Holds(SharedPartition.Key("cells", other, "2026-11-02T09.40|p0-1-2-0")));
        }

        Assert.False(Holds(SharedPartition.Key("marks", "prod", "b|1")));
    }

    [Fact]
    public void Courses_ManyClustersOfAFewRows_AreOneTransactionAPartition()
    {
        SharedRows rows = new();
        foreach (int cluster in Enumerable.Range(0, 30))
        {
            Fill(rows, $"cluster-{cluster}", count: 5, size: 100);
        }

        Assert.All(rows.Courses(), static course => Assert.Single(course));
        Assert.Equal(
            SharedPartition.All.Order(StringComparer.Ordinal),
            rows.Courses().Select(static course => course[0][0].Entity.PartitionKey).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Courses_Any_HoldEachRowOnceInItsOrderWithinTheLimits(int seed)
    {
        Random random = new(seed);
        SharedRows rows = new();
        Dictionary<string, int> counts = [];
        foreach (int i in Enumerable.Range(0, 60))
        {
            string cluster = $"cluster-{i}";
            counts[cluster] = random.Next(20) == 0 ? random.Next(90, 350) : random.Next(1, 12);
            Fill(rows, cluster, counts[cluster], size: random.Next(10) == 0 ? 60_000 : 200);
        }

        List<IReadOnlyList<IReadOnlyList<TableTransactionAction>>> courses = [.. rows.Courses()];

        foreach (IReadOnlyList<TableTransactionAction> transaction in courses.SelectMany(static course => course))
        {
            Assert.InRange(transaction.Count, 1, TableTransactions.MostRows);
            Assert.Single(transaction.Select(static action => action.Entity.PartitionKey).Distinct());
            int size = transaction.Sum(static action => ((TableEntity)action.Entity).GetBinary("Bytes").Length * 4 / 3);
            Assert.True(size <= TableTransactions.Largest || transaction.Count == 1, $"{size}");
        }

        foreach ((string cluster, int count) in counts)
        {
            // All of a cluster's rows are in one course, so nothing of it overtakes anything else of it.
            var own = Assert.Single(courses, course => course.Any(some => some.Any(action => Of(action) == cluster)));
            Assert.Equal(
                Enumerable.Range(0, count).Select(static i => Name(i)),
                own.SelectMany(static some => some).Where(action => Of(action) == cluster)
                    .Select(static action => action.Entity.RowKey.Split('|')[2]));
            Assert.True(own.Count == 1 || own.SelectMany(static some => some).All(action => Of(action) == cluster));
        }
    }

    private static void Fill(SharedRows rows, string cluster, int count, int size)
    {
        foreach (int i in Enumerable.Range(0, count))
        {
            rows.Merge(cluster, new TableEntity(SharedPartition.Of(cluster), SharedPartition.Key("cells", cluster, Name(i)))
            {
                ["Bytes"] = new byte[size],
            });
        }
    }

    private static string Name(int i) => i.ToString("D4", CultureInfo.InvariantCulture);

    private static string Of(TableTransactionAction action) => action.Entity.RowKey.Split('|')[1];
}
