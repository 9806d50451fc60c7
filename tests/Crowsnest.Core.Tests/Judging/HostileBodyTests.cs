using System.Text;
using System.Text.Json;
using Crowsnest.Core.Activity;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Output;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Judging;

/// <summary>
/// The events that the rules' own tests have, with something hostile in place of one value or name: an API server writes the
/// body of a patch into its log as the client sent it. Whatever throws here would cost a whole batch.
/// </summary>
public sealed class HostileBodyTests
{
    private const int MutationsOfEach = 12;

    private static readonly DateTimeOffset Time = new(2026, 11, 2, 10, 0, 0, TimeSpan.Zero);

    private static readonly string[] Values =
    [
        "\"\\ud800\"", "\"\\udc00x\"", "\"a\\ud83d\"", "\"\\u0000\"", "\"\"", "null", "true", "0", "-1", "1e999",
        "123456789012345678901234567890", "[]", "{}", "[[]]", "[null]",
        "[{}]", "{\"\\ud800\":1}", "{\"\":{}}", "{\"op\":1}", "[{\"op\":\"add\",\"path\":1,\"value\":{}}]",
        "[{\"op\":\"add\",\"path\":\"/a/\\ud800\",\"value\":\"\\ud800\"}]",
        "{\"name\":[1]}", "{\"containers\":{\"a\":1}}", "\"MIIB\"", "\"LS0tLS1CRUdJTg==\"",
    ];

    private static readonly string[] Names = ["\"\\ud800\"", "\"\"", "\"spec\"", "\"containers\"", "\"name\"", "\"a.b\"", "\"*\""];

    [Fact]
    [Trait("Category", "Slow")]
    public void Add_AnyValueReplaced_DoesNotThrow()
    {
        RuleSet rules = RuleSet.Load(RepositoryFiles.RuleFiles);
        Judge judge = new(rules, ModelFile.Read(File.ReadAllBytes(RepositoryFiles.Model)), 1_000, Severity.Informational);
        Random random = new(1);
        int found = 0;
        foreach (byte[] json in Events())
        {
            List<(int Start, int End, bool IsName)> places = Places(json);
            for (int i = 0; i < MutationsOfEach; i++)
            {
                (int start, int end, bool isName) = places[random.Next(places.Count)];
                string[] hostile = isName ? Names : Values;
                string with = hostile[random.Next(hostile.Length)];
                byte[] changed = [.. json.AsSpan(0, start), .. Encoding.UTF8.GetBytes(with), .. json.AsSpan(end)];
                Exception? thrown = Record.Exception(() => found += Judged(changed, judge, rules));
                Assert.True(thrown is null, $"{with} at {start}: {thrown}\n{Encoding.UTF8.GetString(changed)}");
            }
        }

        Assert.True(found > 1_000, $"{found} detections");
    }

    private static int Judged(byte[] json, Judge judge, RuleSet rules)
    {
        if (new AuditEventParser().Parse(json, "test", Time, out AuditEvent? audit)
            is not (AuditParseStatus.Parsed or AuditParseStatus.Salvaged))
        {
            return 0;
        }

        List<Detection> detections = [];
        judge.Add(audit!, new Evidence("raw", 1), detections, new ActivityLog());
        foreach (Incident incident in IncidentBuilder.Group(detections))
        {
            AlertMail.Of(AlertContent.Of(incident, 1, rules, links: null));
            JsonSerializer.Serialize(incident, OutputJson.Lines.Incident);
        }

        return detections.Count;
    }

    private static IEnumerable<byte[]> Events()
    {
        IEnumerable<string> lines = Directory.EnumerateFiles(RepositoryFiles.Rules, "*.test.jsonl")
            .Order(StringComparer.Ordinal).SelectMany(File.ReadLines);
        foreach (string line in lines)
        {
            using JsonDocument test = JsonDocument.Parse(line);
            yield return Encoding.UTF8.GetBytes(test.RootElement.GetProperty("event").GetRawText());
        }
    }

    private static List<(int Start, int End, bool IsName)> Places(byte[] json)
    {
        List<(int, int, bool)> places = [];
        Utf8JsonReader reader = new(json);
        reader.Read();
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                continue;
            }

            Utf8JsonReader after = reader;
            after.Skip();
            bool isName = reader.TokenType == JsonTokenType.PropertyName;
            int start = isName ? json.AsSpan(0, (int)reader.BytesConsumed).LastIndexOf((byte)'"') + 1 : (int)after.BytesConsumed;
            places.Add(((int)reader.TokenStartIndex, start, isName));
        }

        return places;
    }
}
