using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// Where rows of clusters lie that every batch writes: in a few partitions that clusters share, so that what a batch of many clusters
/// brings is a few transactions. A row's key begins with its kind and its cluster, so a cluster's rows of a kind are one range.
/// </summary>
internal static class SharedPartition
{
    // A partition of Azure takes 2,000 rows a second. A hundred clusters write about as many at their peak; the correlation
    // reads them and puts them together besides.
    private const int Count = 4;

    // Findings are fewer.
    private const int CountOfMonth = 2;

    /// <summary>What their names begin with, and no cluster's name.</summary>
    internal const string Prefix = "_shared|";

    /// <summary>The names of all of them.</summary>
    internal static IEnumerable<string> All => Enumerable.Range(0, Count).Select(Name);

    /// <summary>The partition of a cluster, for ever the same.</summary>
    internal static string Of(string cluster) => Name(NumberOf(cluster) % Count);

    /// <summary>The partition of a cluster for rows that are kept for long: a month of them.</summary>
    internal static string Of(string cluster, DateOnly day) => string.Create(
        CultureInfo.InvariantCulture, $"{Name(NumberOf(cluster) % CountOfMonth)}|{day:yyyy-MM}");

    /// <summary>Finds the partitions of all months before that of a day.</summary>
    internal static IEnumerable<string> RangesBefore(DateOnly day) => Enumerable.Range(0, CountOfMonth).Select(number => string.Create(
        CultureInfo.InvariantCulture, $"PartitionKey ge '{Name(number)}|0' and PartitionKey lt '{Name(number)}|{day:yyyy-MM}'"));

    /// <summary>The key of a cluster's row.</summary>
    internal static string Key(string kind, string cluster, string rest) => $"{kind}|{cluster}|{rest}";

    /// <summary>Finds a cluster's rows of a kind whose keys go on with something from one text up to another.</summary>
    internal static string Range(string kind, string cluster, string from, string to) =>
        $"PartitionKey eq '{Of(cluster)}' and RowKey ge '{Key(kind, cluster, from)}' and RowKey lt '{Key(kind, cluster, to)}'";

    /// <summary>Finds such rows in the partition of a day's month.</summary>
    internal static string Range(string kind, string cluster, DateOnly day, string from, string to) =>
        $"PartitionKey eq '{Of(cluster, day)}' and RowKey ge '{Key(kind, cluster, from)}' and RowKey lt '{Key(kind, cluster, to)}'";

    private static int NumberOf(string cluster) => SHA256.HashData(Encoding.UTF8.GetBytes(cluster))[0];

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number}");
}
