using System.Globalization;

namespace Crowsnest.Core.Archiving;

/// <summary>Where the archive keeps what was made of raw blobs: a file a cluster and hour of event time.</summary>
public static class ArchivePath
{
    public const string EventsPrefix = "events/";
    public const string LedgerPrefix = "ledger/";
    public const string TrainingPrefix = "training/";
    public const string ManifestPrefix = "manifest/";

    /// <summary>The events of an hour.</summary>
    public static string Events(string cluster, DateTimeOffset hour) => $"{EventsPrefix}{Place(cluster, hour)}.parquet";

    /// <summary>The ledger of an hour.</summary>
    public static string Ledger(string cluster, DateTimeOffset hour) => $"{LedgerPrefix}{Place(cluster, hour)}.parquet";

    /// <summary>What training needs of an hour.</summary>
    public static string Training(string cluster, DateTimeOffset hour) => $"{TrainingPrefix}{Place(cluster, hour)}";

    /// <summary>Which requests the rows of <see cref="Training"/> stand for; read only where some of them must not be learned.</summary>
    public static string TrainingRequests(string cluster, DateTimeOffset hour) => $"{TrainingPrefix}{Place(cluster, hour)}.requests";

    /// <summary><c>date=YYYY-MM-DD/hour=HH</c>.</summary>
    public static string Hour(DateTimeOffset hour) =>
        string.Create(CultureInfo.InvariantCulture, $"date={hour.UtcDateTime:yyyy-MM-dd}/hour={hour.UtcDateTime.Hour:00}");

    /// <summary>Reads the cluster and the hour out of a path below one of the prefixes; false when it names none.</summary>
    public static bool TryParse(string path, out string cluster, out DateTimeOffset hour)
    {
        string[] parts = path.Split('/');
        cluster = parts.Length == 4 && parts[1].StartsWith("cluster=", StringComparison.Ordinal) ? parts[1]["cluster=".Length..] : "";
        hour = default;
        return cluster.Length > 0 && parts[2].StartsWith("date=", StringComparison.Ordinal)
            && parts[3].StartsWith("hour=", StringComparison.Ordinal) && parts[3].Length >= 7
            && TryHour(parts[2]["date=".Length..], parts[3].Substring("hour=".Length, 2), out hour);
    }

    /// <summary>The cluster that a folder below one of the prefixes is of; null for others.</summary>
    public static string? ClusterOf(string folder) =>
        folder.Split('/') is [_, var part, ..] && part.StartsWith("cluster=", StringComparison.Ordinal) && part.Length > "cluster=".Length
            ? part["cluster=".Length..] : null;

    /// <summary>Reads <c>date=…/hour=…</c> at the beginning of a path.</summary>
    public static bool TryParseHour(string path, out DateTimeOffset hour)
    {
        hour = default;
        return path.Length >= 23 && path.StartsWith("date=", StringComparison.Ordinal)
            && path.AsSpan(15).StartsWith("/hour=", StringComparison.Ordinal)
            && TryHour(path.Substring(5, 10), path.Substring(21, 2), out hour);
    }

    /// <summary>The date of a folder whose path ends with <c>date=…/</c>; null for others.</summary>
    public static DateTimeOffset? DateOf(string folder)
    {
        int at = folder.LastIndexOf("date=", StringComparison.Ordinal);
        return at >= 0 && folder.Length == at + 16 && TryHour(folder.Substring(at + 5, 10), "00", out DateTimeOffset date) ? date : null;
    }

    /// <summary>Reads a date and an hour.</summary>
    internal static bool TryHour(string date, string hour, out DateTimeOffset read) => DateTimeOffset.TryParseExact(
        $"{date} {hour}",
        "yyyy-MM-dd HH",
        CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
        out read);

    private static string Place(string cluster, DateTimeOffset hour) => $"cluster={cluster}/{Hour(hour)}";
}
