using System.Globalization;
using System.Text.Json;
using Azure.Data.Tables;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Output;

namespace Crowsnest.Azure.Storage;

/// <summary>Rows of <see cref="DetectionTable"/>, and where they lie.</summary>
internal static class DetectionRow
{
    private const string Kind = "found";

    // A text property holds 32 Ki characters.
    private const int LongestText = 32_000;
    private const int MostOfLongLists = 1;

    /// <summary>The columns that make a key.</summary>
    internal static IReadOnlyList<string> Keys { get; } = ["PartitionKey", "RowKey"];

    /// <summary>The rows of a detection: of a write-back one for each thing that it may be a write-back of.</summary>
    internal static IEnumerable<TableEntity> Of(Detection detection) => NamesOf(detection).Select(name =>
    {
        ActorDay key = ActorDay.Of(detection);
        return new TableEntity(
            SharedPartition.Of(key.Cluster, key.Day), SharedPartition.Key(Kind, key.Cluster, $"{DayName(key.Day)}|{name}"))
        {
            ["Time"] = detection.Time,
            ["Source"] = detection.Source.ToString(),
            ["Rule"] = detection.Rule.Title,
            ["RuleId"] = detection.Rule.Id,
            ["Severity"] = detection.Severity.ToString(),
            ["Principal"] = detection.Principal,
            ["Json"] = Json(detection),
        };
    });

    /// <summary>What a row's key ends with: actor, or what it may be a write-back of, event time and detection.</summary>
    internal static IEnumerable<string> NamesOf(Detection detection) =>
        (detection.IsWriteBack && detection.Workloads.Count > 0
            ? detection.Workloads.Select(workload => WriteBacks(detection, workload))
            : [$"{ActorDay.Of(detection).Id}|"])
        .Select(prefix => $"{prefix}{DetectionLinks.Ticks(detection.Time)}|{detection.Id}");

    /// <summary>What the names of a workload's write-backs begin with.</summary>
    internal static string WriteBacks(Detection detection, string workload) => $"{WriteBackLinker.Key(detection, workload)}|";

    /// <summary>Finds a day's rows whose names go from one text up to another.</summary>
    internal static string Range(string cluster, DateOnly day, string from, string to) =>
        SharedPartition.Range(Kind, cluster, day, $"{DayName(day)}|{from}", $"{DayName(day)}|{to}");

    /// <summary>Finds the rows of days before one in its month.</summary>
    internal static string RangeBefore(string cluster, DateOnly day) => SharedPartition.Range(Kind, cluster, day, "", DayName(day));

    /// <summary>The same in versions until 0.1, which gave each cluster and day a partition.</summary>
    internal static string OldRange(string cluster, DateOnly day, string from, string to) =>
        $"PartitionKey eq '{DetectionTable.PartitionKey(cluster, day)}' and RowKey ge '{from}' and RowKey lt '{to}'";

    /// <summary>The detection that a row holds.</summary>
    internal static Detection DetectionOf(TableEntity row) =>
        JsonSerializer.Deserialize(row.GetString("Json"), OutputJson.Lines.Detection)!;

    /// <summary>What a row is called wherever it lies.</summary>
    internal static string NameOf(TableEntity row) =>
        row.PartitionKey.StartsWith(SharedPartition.Prefix, StringComparison.Ordinal) ? row.RowKey.Split('|', 4)[3] : row.RowKey;

    internal static int SizeOf(TableEntity row) => row.GetString("Json")?.Length ?? 0;

    internal static string DayName(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The detection as a row holds it. Of lists the beginning is enough when names are long and all of escapes.</summary>
    internal static string Json(Detection detection)
    {
        string json = JsonSerializer.Serialize(detection, OutputJson.Lines.Detection);
        return json.Length <= LongestText ? json : JsonSerializer.Serialize(
            detection with
            {
                Opens = [.. detection.Opens.Take(MostOfLongLists)],
                Uses = [.. detection.Uses.Take(MostOfLongLists)],
                Workloads = [.. detection.Workloads.Take(MostOfLongLists)],
                Reasons = [.. detection.Reasons.Take(MostOfLongLists)],
            },
            OutputJson.Lines.Detection);
    }
}
