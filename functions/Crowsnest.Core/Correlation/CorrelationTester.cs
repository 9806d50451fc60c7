using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crowsnest.Core.Activity;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Correlation;

/// <summary>
/// Runs a correlation against the sequences that are kept beside it: one JSON object a line with <c>fires</c>, <c>why</c> and
/// <c>steps</c>. A step is an <c>event</c> that comes <c>times</c> times, one <c>every</c> so long, from the time <c>at</c>
/// on; <c>vary</c> names a field that is another each time. <c>history</c> holds the steps that are learned from first.
/// </summary>
/// <param name="rules">All rules.</param>
public sealed class CorrelationTester(RuleSet rules)
{
    /// <summary>Every correlation comes with a sequence that fires and as many near misses at least.</summary>
    public const int FewestNearMisses = 2;

    private static readonly DateTimeOffset Start = new(2026, 11, 2, 10, 0, 0, TimeSpan.Zero);

    private readonly AuditEventParser _parser = new();

    /// <summary>Tries one correlation.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="lines">Lines of its test file.</param>
    /// <returns>What is wrong, one line each; nothing when all is well.</returns>
    public IReadOnlyList<string> Run(string id, IEnumerable<string> lines) =>
        TestLines.Run(lines, "sequences", (1, FewestNearMisses), test => Fires(id, test));

    private bool Fires(string id, JsonElement test)
    {
        ActivityTally past = new(rules);
        if (test.TryGetProperty("history", out JsonElement history))
        {
            foreach (AuditEvent audit in Events(history))
            {
                using EventView view = new(audit);
                past.Add(view);
            }
        }

        ActivityLog activity = new();
        Judge judge = new(rules, null, 1);
        DateTimeOffset end = Start;
        foreach (AuditEvent audit in Events(test.GetProperty("steps")))
        {
            judge.Add(audit, new Evidence("test", 1), [], activity);
            end = audit.Time > end ? audit.Time : end;
        }

        return new CorrelationEngine(rules.Correlations, past.ToHistory()).Evaluate(activity, DateTimeOffset.MinValue, end)
            .Any(detection => detection.Rule.Id == id);
    }

    private IEnumerable<AuditEvent> Events(JsonElement steps)
    {
        int number = 0;
        foreach (JsonElement step in steps.EnumerateArray())
        {
            TimeSpan at = CorrelationParser.Span(step.GetProperty("at").GetString()!) ?? throw new FormatException("'at' is no time span");
            TimeSpan every = CorrelationParser.Span(step.GetProperty("every").GetString()!)
                ?? throw new FormatException("'every' is no time span");
            for (int i = 0; i < step.GetProperty("times").GetInt32(); i++)
            {
                JsonObject json = JsonNode.Parse(step.GetProperty("event").GetRawText())!.AsObject();
                json["auditID"] = $"test-{++number}";
                json["requestReceivedTimestamp"] = (Start + at + (every * i))
                    .ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
                if (step.TryGetProperty("vary", out JsonElement field))
                {
                    Vary(json, field.GetString()!, i);
                }

                AuditParseStatus status = _parser.Parse(
                    Encoding.UTF8.GetBytes(json.ToJsonString()), "test", DateTimeOffset.UnixEpoch, out AuditEvent? audit);
                yield return status == AuditParseStatus.Parsed ? audit! : throw new FormatException("the event is no audit event");
            }
        }
    }

    private static void Vary(JsonObject json, string field, int i)
    {
        if (field == "sourceIPs")
        {
            json[field] = new JsonArray(string.Create(CultureInfo.InvariantCulture, $"203.{i / 256}.{i % 256}.7"));
            return;
        }

        string[] path = field.Split('.');
        JsonNode parent = path[..^1].Aggregate((JsonNode)json, static (node, name) => node[name]!);
        parent[path[^1]] = $"{parent[path[^1]]}-{i}";
    }
}
