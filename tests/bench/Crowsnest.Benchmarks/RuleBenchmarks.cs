using BenchmarkDotNet.Attributes;
using Crowsnest.Azure.Files;
using Crowsnest.Core;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Benchmarks;

/// <summary>What rules cost by their number. More than ship are the shipped ones again, each under an id of its own.</summary>
[MemoryDiagnoser]
public class RuleBenchmarks
{
    private readonly List<HubMessage> _messages = [];
    private AuditPipeline _pipeline = null!;

    [Params(0, 20, 200, 2_000)]
    public int Rules { get; set; }

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        await using Stream stream = await AuditFile.OpenAsync(RepositoryFiles.Sample, CancellationToken.None);
        using StreamReader lines = new(stream);
        MessageReader reader = new(new AuditEventParser(), "default");
        while (await lines.ReadLineAsync() is { } line)
        {
            using IntakeBatch batch = new();
            reader.Read(new HubMessage(System.Text.Encoding.UTF8.GetBytes(line), 0, default), batch);
            _messages.Add(new HubMessage(
                batch.Records.SelectMany(static record => record.Event!.Json.ToArray().Append((byte)'\n')).ToArray(), 0, default));
        }

        IReadOnlyList<(string Name, string Yaml)> shipped = RuleFiles.Read(RepositoryFiles.Rules);
        List<(string, string)> files = [.. RuleFiles.ReadVocabulary(RepositoryFiles.Rules)];
        (string Name, string Yaml)[] rules =
            [.. shipped.Where(static file => file.Yaml.Contains("\nlogsource:", StringComparison.Ordinal))];
        for (int i = 0; i < Rules; i++)
        {
            // Evenly over the pack, whatever the number.
            (string name, string yaml) = rules[(int)((long)i * 7919 % rules.Length)];
            string own = System.Text.RegularExpressions.Regex.Replace(yaml, "\nid: .*", $"\nid: {new Guid(i, 0, 0, new byte[8])}");
            files.Add(($"{i}-{name}", own));
        }

        RuleSet set = RuleSet.Load(files);
        if (set.Rules.Count != Rules || set.Errors.Count > 0)
        {
            throw new InvalidOperationException($"{set.Rules.Count} rules loaded, {set.Errors.Count} errors");
        }

        _pipeline = new AuditPipeline(new MessageReader(new AuditEventParser(), "default"), new Judge(set, null, 10));
    }

    [Benchmark]
    public int Judge()
    {
        int found = 0;
        foreach (HubMessage message in _messages)
        {
            using IntakeBatch batch = _pipeline.Read([message]);
            Evidence[] evidence = new Evidence[batch.Records.Count];
            Array.Fill(evidence, new Evidence("bench", 1));
            found += _pipeline.Judge(batch, evidence, new HashSet<RequestKey>()).Count;
        }

        return found;
    }
}
