using System.Globalization;
using System.Text.RegularExpressions;

namespace Crowsnest.Core.Archiving;

/// <summary>What the path of a raw blob says.</summary>
/// <param name="Hour">The hour in which the batch arrived, UTC.</param>
/// <param name="Cluster">The cluster, of blobs from before one blob was written a batch; else null.</param>
/// <param name="Partition">The partition.</param>
/// <param name="First">First sequence number.</param>
/// <param name="Last">Last sequence number.</param>
public sealed partial record RawPath(DateTimeOffset Hour, string? Cluster, string Partition, long First, long Last)
{
    /// <summary>Reads a path; null when it is none of a raw blob.</summary>
    public static RawPath? Parse(string path)
    {
        Match match = Pattern().Match(path);
        return match.Success && ArchivePath.TryHour(match.Groups["date"].Value, match.Groups["hour"].Value, out DateTimeOffset hour)
            && long.TryParse(match.Groups["first"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out long first)
            && long.TryParse(match.Groups["last"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out long last)
            ? new RawPath(
                hour,
                match.Groups["cluster"] is { Success: true } cluster ? cluster.Value : null,
                match.Groups["partition"].Value,
                first,
                last)
            : null;
    }

    // A name that was taken has the hash of the content behind it.
    [GeneratedRegex(@"^raw/(cluster=(?<cluster>[^/]+)/)?date=(?<date>[\d-]{10})/hour=(?<hour>\d\d)/"
        + @"p(?<partition>.+)-(?<first>\d+)-(?<last>\d+)(-[0-9a-f]{12})?\.jsonl\.gz$")]
    private static partial Regex Pattern();
}
