using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Crowsnest.Core;
using Crowsnest.Core.Activity;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Correlation;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Output;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;
using Crowsnest.Learning;

namespace Crowsnest.Cli.Commands;

/// <summary><c>crowsnest detect</c>: the whole pipeline in memory, over files or a range of the archive.</summary>
internal static class DetectCommand
{
    internal static Command Create()
    {
        Argument<FileInfo[]> files = new("FILE")
        {
            Description = "Audit events to judge. None to judge a range of the archive.",
            Arity = ArgumentArity.ZeroOrMore,
            DefaultValueFactory = static _ => [],
        };
        Option<string?> storage = StorageSource.Option();
        Option<DirectoryInfo?> archive = ArchiveSource.Folder();
        Option<string?> from = ArchiveSource.From();
        Option<string?> to = ArchiveSource.To();
        Option<FileInfo?> model = new("--model") { Description = "A model made by train." };
        Option<DirectoryInfo?> rules = RulesCommand.Folder();
        Option<bool> noRules = new("--no-rules") { Description = "Judge by the model alone." };
        Option<FileInfo[]> history = new("--history")
        {
            Description = "Events to train a model on first, when no model is given. Without both the model that ships judges.",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<FileInfo?> detections = new("--detections") { Description = "Where to write detections, as JSON lines." };
        Option<FileInfo?> incidents = new("--incidents") { Description = "Where to write incidents, as JSON lines." };
        Option<FileInfo?> alerts = new("--alerts") { Description = "Where to write alerts, as JSON lines." };
        Option<double> budget = new("--budget")
        {
            Description = "False alerts a day that thresholds are set for.",
            DefaultValueFactory = static _ => Judge.DefaultFalseAlertsPerDay,
        };
        Option<int> firstDays = new("--first-days")
        {
            Description = "Days in which a cluster is new: what is neither critical nor a chain is told together. 0 for none.",
            DefaultValueFactory = static _ => FirstDays.Default,
        };
        Option<string?> cluster = new("--cluster")
        {
            Description = "Cluster of events whose envelope names none (default); of an archive, the only cluster to judge.",
        };
        Command command = new("detect", "Judges audit events with rules and a model, and shows incidents.")
        {
            files, model, rules, noRules, history, detections, incidents, alerts, budget, firstDays, cluster,
            storage, archive, from, to,
        };
        command.SetAction((parsed, cancellationToken) => StorageSource.GuardAsync(async () =>
        {
            (DateTimeOffset, DateTimeOffset)? range = RangeOf(
                parsed.GetRequiredValue(files).Length > 0,
                parsed.GetValue(archive) is not null || parsed.GetValue(storage) is not null,
                parsed.GetValue(from),
                parsed.GetValue(to));
            RuleSet ruleSet = parsed.GetValue(noRules) ? RuleSet.Empty : RuleSource.Load(parsed.GetValue(rules));
            AnomalyModel? anomalies = parsed.GetValue(model) is { } file ? await ModelSource.LoadAsync(file, cancellationToken)
                : parsed.GetValue(history) is { Length: > 0 } past
                    ? await ModelSource.TrainAsync(past, new TrainingOptions(), ruleSet, cancellationToken)
                    : await ModelSource.ShippedAsync(cancellationToken);
            if (anomalies is null && parsed.GetValue(noRules))
            {
                throw new UsageException("--no-rules needs --model or --history: this copy ships without a model");
            }

            if (anomalies is null)
            {
                Terminal.Say("no --model, no --history, and this copy ships without a model: judging by rules alone");
            }

            if (anomalies is not null && parsed.GetValue(history) is not { Length: > 0 } && range is null)
            {
                anomalies = await ModelSource.ForAsync(anomalies, parsed.GetRequiredValue(files), cancellationToken);
            }

            ActivityLog activity = new();
            Dictionary<string, DateTimeOffset> seen = new(StringComparer.Ordinal);
            Judge judge = new(ruleSet, anomalies, parsed.GetValue(budget));
            List<Detection> found = range is { } times
                ? await ArchiveReplay.JudgeAsync(
                    ArchiveSource.Open(parsed.GetValue(storage), parsed.GetValue(archive)),
                    times,
                    parsed.GetValue(cluster),
                    judge,
                    activity,
                    cancellationToken)
                : await JudgeAsync(
                    parsed.GetRequiredValue(files),
                    judge,
                    ClusterName.Sanitize(parsed.GetValue(cluster) ?? "default"),
                    activity,
                    seen,
                    cancellationToken);

            // The recording is over: nothing late is still to come.
            found.AddRange(new CorrelationEngine(ruleSet.Correlations, anomalies?.Activity ?? ActivityHistory.Empty)
                .Evaluate(activity, DateTimeOffset.MinValue, activity.End));
            IReadOnlyList<Incident> grouped = IncidentBuilder.Group(found);
            List<Alert> notices =
            [
                .. FirstDaysAlert.For(grouped, FirstDaysOf(seen, anomalies, parsed.GetValue(firstDays)))
                    .OrderBy(static alert => alert.Time).ThenBy(static alert => alert.Id, StringComparer.Ordinal),
            ];
            await WriteAsync(parsed.GetValue(detections), found, OutputJson.Lines.Detection, cancellationToken);
            await WriteAsync(parsed.GetValue(incidents), grouped, OutputJson.Lines.Incident, cancellationToken);
            await WriteAsync(parsed.GetValue(alerts), notices, OutputJson.Lines.Alert, cancellationToken);
            Summarise(found, grouped, notices);
            return ExitCodes.Ran;
        }));
        return command;
    }

    // Null when files are judged.
    private static (DateTimeOffset From, DateTimeOffset To)? RangeOf(bool hasFiles, bool hasArchive, string? from, string? to)
    {
        bool isOfArchive = hasArchive || from is not null || to is not null;
        return (hasFiles, isOfArchive) switch
        {
            (true, true) => throw new UsageException("give files, or a range of the archive, not both"),
            (false, false) => throw new UsageException("give files, or --from and --to of the archive (--archive FOLDER or --storage)"),
            (true, false) => null,
            _ => ArchiveSource.Range(from, to),
        };
    }

    private static async Task<List<Detection>> JudgeAsync(
        IReadOnlyList<FileInfo> files,
        Judge judge,
        string cluster,
        ActivityLog activity,
        Dictionary<string, DateTimeOffset> seen,
        CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        InputReader input = new(cluster);
        AuditPipeline pipeline = new(new MessageReader(new AuditEventParser(), cluster), judge);
        List<Detection> found = [];
        HashSet<RequestKey> judged = [];
        Dictionary<string, int> lines = new(StringComparer.Ordinal);
        await input.ReadAsync(
            files,
            "Judging",
            (batch, file) =>
            {
                int before = lines.GetValueOrDefault(file);
                Evidence[] evidence =
                    [.. Enumerable.Range(before + 1, batch.Records.Count).Select(line => new Evidence(file, line))];
                lines[file] = before + batch.Records.Count;
                foreach (AuditEvent audit in batch.Records.Select(static record => record.Event).OfType<AuditEvent>())
                {
                    seen[audit.Cluster] = seen.TryGetValue(audit.Cluster, out DateTimeOffset first) && first <= audit.Time
                        ? first : audit.Time;
                }

                found.AddRange(pipeline.Judge(batch, evidence, judged, activity));
            },
            cancellationToken);
        IntakeCounts counts = input.Counts;
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Terminal.Say(
            $"{Terminal.Number(counts.Total)} records: {Terminal.Number(counts.Parsed)} parsed, {counts.Salvaged} salvaged, "
            + $"{counts.Duplicate} duplicate, {counts.OtherCategory} other category, {counts.Quarantined} quarantined"
            + $"{UnreadText.Summary(input.Unread)}; "
            + $"{Terminal.Number(judged.Count)} requests judged in {seconds:0.0} s");
        return found;
    }

    // A range of the archive is of clusters that are known. Rules alone know nobody, on the first day or later.
    private static Dictionary<string, FirstDays> FirstDaysOf(
        Dictionary<string, DateTimeOffset> seen, AnomalyModel? model, int days)
    {
        TimeSpan left = model is null ? TimeSpan.Zero : FirstDays.Unknown(model, days);
        return left <= TimeSpan.Zero ? []
            : seen.ToDictionary(static one => one.Key, one => new FirstDays(one.Value, one.Value + left), StringComparer.Ordinal);
    }

    private static void Summarise(
        List<Detection> found,
        IReadOnlyList<Incident> incidents,
        List<Alert> alerts)
    {
        Terminal.Say($"{Terminal.Number(found.Count)} detections, {incidents.Count} incidents, {alerts.Count} alerts");
        foreach (Alert alert in alerts)
        {
            Terminal.Say($"  {alert.Time.UtcDateTime:yyyy-MM-dd HH:mm}  {alert.Severity,-8}  {alert.Title}");
        }
    }

    private static async Task WriteAsync<T>(
        FileInfo? file,
        IReadOnlyList<T> items,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken)
    {
        if (file is null)
        {
            return;
        }

        await using StreamWriter writer = new(file.FullName);
        foreach (T item in items)
        {
            await writer.WriteLineAsync(JsonSerializer.Serialize(item, type).AsMemory(), cancellationToken);
        }
    }
}
