using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crowsnest.Azure.Storage;

/// <summary>The queue message: a claim check to the incident, never its content.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Day">The day on which the incident began.</param>
/// <param name="Incident">Its id.</param>
/// <param name="Actor">Who began it.</param>
/// <param name="Revision">1 for the first alert about it, then one more each time.</param>
/// <param name="Channel">The only channel that is still to get it; empty for all.</param>
/// <param name="Attempt">How often it was tried in vain.</param>
public sealed record AlertMessage(
    string Cluster,
    DateOnly Day,
    string Incident,
    string Actor,
    int Revision,
    string Channel = "",
    int Attempt = 0)
{
    private const string SummaryPrefix = "held-";
    private const string FirstDaysPrefix = "held-first-days-";
    private const string HourFormat = "yyyyMMddHH";

    /// <summary>True when it asks for a summary of what the budget held back, not for one incident.</summary>
    [JsonIgnore]
    public bool IsSummary => IsSummaryId(Incident);

    /// <summary>True for what stands in place of an incident's id when a summary is meant.</summary>
    public static bool IsSummaryId(string incident) => incident.StartsWith(SummaryPrefix, StringComparison.Ordinal);

    /// <summary>Asks for a summary of what was held back of a cluster in an hour.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="hour">When the hour began, UTC.</param>
    /// <param name="revision">1 for what was held back first, 2 for what came after that summary.</param>
    public static AlertMessage Summary(string cluster, DateTimeOffset hour, int revision) => new(
        cluster,
        DateOnly.FromDateTime(hour.UtcDateTime),
        $"{SummaryPrefix}{cluster}-{hour.UtcDateTime.ToString(HourFormat, CultureInfo.InvariantCulture)}",
        SummaryPrefix,
        revision);

    /// <summary>Asks for what came in a part of a cluster's first days.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="since">The hour, UTC, in which they began.</param>
    /// <param name="part">Which part, from 1.</param>
    public static AlertMessage OfFirstDays(string cluster, DateTimeOffset since, int part) => new(
        cluster,
        DateOnly.FromDateTime(since.UtcDateTime),
        $"{FirstDaysPrefix}{cluster}-{since.UtcDateTime.ToString(HourFormat, CultureInfo.InvariantCulture)}",
        FirstDaysPrefix,
        part);

    /// <summary>True for a summary of first days.</summary>
    [JsonIgnore]
    public bool IsOfFirstDays => Actor == FirstDaysPrefix && IsSummary;

    /// <summary>When the hour, or the first days, began that a summary is about, UTC.</summary>
    [JsonIgnore]
    public DateTimeOffset Hour => DateTimeOffset.ParseExact(
        Incident[^HourFormat.Length..], HourFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    public string ToJson() => JsonSerializer.Serialize(this, StorageJson.Default.AlertMessage);

    /// <summary>Reads a message; null when it is not one.</summary>
    public static AlertMessage? Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, StorageJson.Default.AlertMessage) is { Cluster.Length: > 0, Actor.Length: > 0 } message
                ? message : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
