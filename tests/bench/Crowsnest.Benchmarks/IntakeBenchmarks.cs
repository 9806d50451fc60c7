using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Crowsnest.Azure.Files;
using Crowsnest.Core;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;
using Crowsnest.Testing;

namespace Crowsnest.Benchmarks;

/// <summary>The stages of intake over the recorded day. Read them as ratios to the token walk.</summary>
[MemoryDiagnoser]
public class IntakeBenchmarks
{
    private readonly List<HubMessage> _messages = [];
    private readonly List<HubMessage> _lines = [];
    private readonly List<byte[]> _events = [];
    private readonly MessageReader _reader = new(new AuditEventParser(), "default");
    private AuditPipeline _rules = null!;
    private AuditPipeline _all = null!;

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        await using Stream stream = await AuditFile.OpenAsync(RepositoryFiles.Sample, CancellationToken.None);
        using StreamReader lines = new(stream);
        while (await lines.ReadLineAsync() is { } line)
        {
            _messages.Add(new HubMessage(System.Text.Encoding.UTF8.GetBytes(line), _messages.Count, default));
        }

        foreach (HubMessage message in _messages)
        {
            using IntakeBatch batch = new();
            _reader.Read(message, batch);
            List<byte[]> events = [.. batch.Records.Select(static record => record.Event!.Json.ToArray())];
            _events.AddRange(events);
            _lines.Add(new HubMessage(events.SelectMany(static e => e.Append((byte)'\n')).ToArray(), 0, default));
        }

        RuleSet rules = RuleSet.Load(RuleFiles.Read(RepositoryFiles.Rules));
        AnomalyModel model = ModelFile.Read(await File.ReadAllBytesAsync(RepositoryFiles.Model));
        _rules = new AuditPipeline(new MessageReader(new AuditEventParser(), "default"), new Judge(rules, null, 10));
        _all = new AuditPipeline(new MessageReader(new AuditEventParser(), "default"), new Judge(rules, model, 10));
    }

    [Benchmark(Baseline = true)]
    public int TokenWalk()
    {
        int tokens = 0;
        foreach (byte[] json in _events)
        {
            Utf8JsonReader reader = new(json);
            while (reader.Read())
            {
                tokens++;
            }
        }

        return tokens;
    }

    [Benchmark]
    public int ParseRawEvents() => Read(_lines);

    [Benchmark]
    public int ParseAksMessages() => Read(_messages);

    [Benchmark]
    public int JudgeByRules() => Judge(_rules);

    [Benchmark]
    public int JudgeByRulesAndModel() => Judge(_all);

    private int Read(List<HubMessage> messages)
    {
        int records = 0;
        foreach (HubMessage message in messages)
        {
            using IntakeBatch batch = new();
            _reader.Read(message, batch);
            records += batch.Records.Count;
        }

        return records;
    }

    private int Judge(AuditPipeline pipeline)
    {
        int detections = 0;
        HashSet<RequestKey> judged = [];
        foreach (HubMessage message in _lines)
        {
            using IntakeBatch batch = pipeline.Read([message]);
            Evidence[] evidence = new Evidence[batch.Records.Count];
            Array.Fill(evidence, new Evidence("bench", 1));
            detections += pipeline.Judge(batch, evidence, judged).Count;
            judged.Clear();
        }

        return detections;
    }
}
