using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Rules.Mutations;

/// <summary>
/// An event that is written in another way, but read by the API server as before, still fires each rule. One mutant of each kind and
/// some of several kinds at once for each event; dotnet test -p:Mutants=50 makes more of the latter.
/// </summary>
[Trait("Category", "Slow")]
public sealed class MutationTests
{
    private const int Seed = 20261126;

    private static readonly int Mixed = AppContext.GetData("Crowsnest.Mutants") is { } wanted
        ? Convert.ToInt32(wanted, CultureInfo.InvariantCulture) : 3;

    private static readonly IReadOnlyList<(string Name, string Yaml)> All = RepositoryFiles.RuleFiles;
    private static readonly RuleSet Shipped = RuleSet.Load(All);
    private static readonly ConcurrentDictionary<string, RuleSet> Sets = new(StringComparer.Ordinal);
    private static readonly MutationKind[] Kinds = Enum.GetValues<MutationKind>();

    public static TheoryData<string> Files => [.. Shipped.Rules.Select(static rule => rule.File)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Rule_EventWrittenInAnotherWay_StillFires(string file)
    {
        string id = Shipped.Rules.Single(rule => rule.File == file).Reference.Id;
        List<string> silent = [];
        foreach (string line in File.ReadLines(Path.Combine(RepositoryFiles.Rules, Path.ChangeExtension(file, ".test.jsonl"))))
        {
            using JsonDocument test = JsonDocument.Parse(line);
            if (!test.RootElement.GetProperty("fires").GetBoolean() || RepeatsNames(test.RootElement.GetProperty("event")))
            {
                continue;
            }

            string why = test.RootElement.GetProperty("why").GetString()!;
            string json = test.RootElement.GetProperty("event").GetRawText();
            string lists = test.RootElement.TryGetProperty("lists", out JsonElement own) ? $"{{\"lists\":{own.GetRawText()}}}" : "";
            silent.AddRange(Plans().Where(plan => !Fires(id, new EventMutator(new Random(Seed), plan).Mutate(json), lists))
                .Select(plan => $"{why}: {string.Join(" + ", plan)}"));
        }

        Assert.True(silent.Count == 0, string.Join('\n', silent));
    }

    private static IEnumerable<IReadOnlySet<MutationKind>> Plans()
    {
        Random random = new(Seed);
        return
        [
            .. Kinds.Select(static kind => new HashSet<MutationKind> { kind }),
            .. Enumerable.Range(0, Mixed).Select(_ => new HashSet<MutationKind>(random.GetItems(Kinds, 4))),
        ];
    }

    // What says a thing twice to begin with can't be said in another order.
    private static bool RepeatsNames(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().GroupBy(static member => member.Name).Any(static same => same.Count() > 1)
            || element.EnumerateObject().Any(static member => RepeatsNames(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().Any(RepeatsNames),
        _ => false,
    };

    // Not by RuleTester: the lines of test files may not be nested so deep.
    private static bool Fires(string id, string json, string lists)
    {
        RuleSet rules = Sets.GetOrAdd(lists, static own => own.Length == 0 ? Shipped : RuleSet.Load([.. All, ("own lists", own)]));
        AuditEventParser parser = new();
        parser.Parse(Encoding.UTF8.GetBytes(json), "test", DateTimeOffset.UnixEpoch, out AuditEvent? audit);
        Assert.NotNull(audit);
        using EventView view = new(audit);
        List<SigmaRule> matches = [];
        rules.Match(view, matches);
        return matches.Exists(rule => rule.Reference.Id == id);
    }
}
