using System.Diagnostics;
using System.Text.Json;
using Crowsnest.Core;
using Crowsnest.Core.Activity;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Feeds;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;

namespace Crowsnest.Cli.Benchmarking;

/// <summary>
/// Measures the stages over one workload in one run. Read the figures as ratios to the first: a bare walk over every token,
/// which is as fast as <see cref="Utf8JsonReader"/> goes on this machine at this time.
/// </summary>
internal sealed class Benchmark(Workload workload, RuleSet rules, AnomalyModel? model, Action<string> say)
{
    // What runs for days is compiled for its own course after some passes.
    private const int WarmUps = 5;

    private const int Passes = 5;
    private const int MessagesOfBatch = 32;

    internal IReadOnlyList<Stage> Run()
    {
        List<Stage> stages =
        [
            Measure("token walk (yardstick)", WalkTokens),
            Measure("parse raw events", () => ReadAll(workload.Lines)),
            Measure("parse AKS messages", () => ReadAll(workload.Messages)),
            Measure("parse AKS + pulse of the feed", PulseAll),
            Measure("parse AKS + rules", () => JudgeAll(workload.Messages, rules, null)),
        ];
        if (model is not null)
        {
            stages.Add(Measure("parse AKS + rules + model", () => JudgeAll(workload.Messages, rules, model)));
            stages.Add(Measure("parse raw + rules + model", () => JudgeAll(workload.Lines, rules, model)));
        }

        stages.Add(Measure("archive compression", CompressAll));
        stages.Add(Measure($"everything but compression, {Environment.ProcessorCount} cores", JudgeInParallel));
        return stages;
    }

    private Stage Measure(string name, Action pass)
    {
        say($"measuring: {name}");
        for (int i = 0; i < WarmUps; i++)
        {
            pass();
        }

        Stage? best = null;
        for (int i = 0; i < Passes; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            int collections = GC.CollectionCount(0);
            long allocated = GC.GetTotalAllocatedBytes(precise: true);
            long started = Stopwatch.GetTimestamp();
            pass();
            double rate = workload.Events.Count / Stopwatch.GetElapsedTime(started).TotalSeconds;
            allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
            if (best is null || rate > best.EventsPerSecond)
            {
                best = new Stage(name, rate, allocated / (double)workload.Events.Count, GC.CollectionCount(0) - collections);
            }
        }

        return best!;
    }

    private void WalkTokens()
    {
        foreach (ReadOnlyMemory<byte> json in workload.Events)
        {
            Utf8JsonReader reader = new(json.Span);
            while (reader.Read())
            {
            }
        }
    }

    private static void ReadAll(IReadOnlyList<HubMessage> messages)
    {
        MessageReader reader = new(new AuditEventParser(), "default");
        foreach (HubMessage message in messages)
        {
            using IntakeBatch batch = new();
            reader.Read(message, batch);
        }
    }

    private static void JudgeAll(IEnumerable<HubMessage> messages, RuleSet rules, AnomalyModel? model)
    {
        AuditPipeline pipeline = new(new MessageReader(new AuditEventParser(), "default"), new Judge(rules, model, 10, Severity.Low));
        HashSet<RequestKey> judged = [];
        foreach (HubMessage message in messages)
        {
            using IntakeBatch batch = pipeline.Read([message]);
            Evidence[] evidence = new Evidence[batch.Records.Count];
            Array.Fill(evidence, new Evidence("bench", 1));
            judged.Clear();
            pipeline.Judge(batch, evidence, judged, new ActivityLog());
        }
    }

    private void CompressAll() =>
        ForBatches(static batch => RawArchive.Lay(batch.Records, new BatchPosition("0", 1, MessagesOfBatch, default)));

    private void PulseAll() => ForBatches(static batch =>
    {
        FeedTally.Of(batch, "0");
        FeedPulse.Of(batch);
    });

    private void ForBatches(Action<IntakeBatch> use)
    {
        MessageReader reader = new(new AuditEventParser(), "default");
        foreach (HubMessage[] messages in workload.Messages.Chunk(MessagesOfBatch))
        {
            using IntakeBatch batch = new();
            foreach (HubMessage message in messages)
            {
                reader.Read(message, batch);
            }

            use(batch);
        }
    }

    private void JudgeInParallel()
    {
        int cores = Environment.ProcessorCount;
        Parallel.For(0, cores, core => JudgeAll(
            workload.Messages.Where((_, i) => i % cores == core), rules, model));
    }
}
