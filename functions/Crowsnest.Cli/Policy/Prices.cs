using System.Text.Json;

namespace Crowsnest.Cli.Policy;

/// <summary>
/// What logs cost. The file that is embedded holds list prices; <c>--prices</c> names one of your own with the same fields.
/// </summary>
internal sealed record Prices
{
    private const double DaysPerMonth = 30;
    private const double HoursPerMonth = 730;
    private const double GB = 1e9;

    public required string Currency { get; init; }

    /// <summary>Where the prices are from.</summary>
    public required string AsOf { get; init; }

    public required double EventHubPerMillionEvents { get; init; }

    public required double EventHubPerUnitHour { get; init; }

    /// <summary>What one throughput unit takes in.</summary>
    public required double EventHubUnitBytesPerSecond { get; init; }

    /// <summary>How much more comes in the busiest minute than on average.</summary>
    public required double EventHubPeakFactor { get; init; }

    /// <summary>Events of the API server in one message.</summary>
    public required double EventHubRecordsPerMessage { get; init; }

    /// <summary>How much larger an event is in the platform's envelope, quotes escaped.</summary>
    public required double EnvelopeFactor { get; init; }

    public required double ArchivePerGBMonth { get; init; }

    /// <summary>What is left of a byte when it is compressed, in all the archive's files together.</summary>
    public required double ArchiveBytesPerByte { get; init; }

    /// <summary>How long the archive keeps events.</summary>
    public required double ArchiveDays { get; init; }

    public required double LogAnalyticsPerGB { get; init; }

    internal static Prices Load(FileInfo? file)
    {
        using Stream stream = file is null
            ? typeof(Prices).Assembly.GetManifestResourceStream("prices.json")!
            : file.Exists ? file.OpenRead() : throw new UsageException($"there is no file {file.FullName}");
        try
        {
            return JsonSerializer.Deserialize(stream, PricesJson.Default.Prices)
                ?? throw new UsageException("the file of prices is empty");
        }
        catch (JsonException broken)
        {
            throw new UsageException($"the prices can't be read: {broken.Message}", broken);
        }
    }

    /// <summary>The parts of a month's bill.</summary>
    /// <param name="events">Events a day.</param>
    /// <param name="bytes">Bytes a day.</param>
    internal (double Hub, double Archive, double LogAnalytics) PerMonth(double events, double bytes)
    {
        double units = Math.Max(1, Math.Ceiling(bytes * EnvelopeFactor * EventHubPeakFactor / 86_400 / EventHubUnitBytesPerSecond));
        return (
            (events / EventHubRecordsPerMessage * DaysPerMonth / 1e6 * EventHubPerMillionEvents)
                + (units * EventHubPerUnitHour * HoursPerMonth),
            bytes * ArchiveDays * ArchiveBytesPerByte / GB * ArchivePerGBMonth,
            bytes * DaysPerMonth * EnvelopeFactor / GB * LogAnalyticsPerGB);
    }
}
