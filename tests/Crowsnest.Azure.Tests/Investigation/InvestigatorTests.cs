using Crowsnest.Azure.Investigation;
using Crowsnest.Azure.Tests.Compaction;
using Crowsnest.Testing;
using static Crowsnest.Azure.Tests.Investigation.AskedArchive;

namespace Crowsnest.Azure.Tests.Investigation;

/// <summary>What holds for every question.</summary>
public sealed class InvestigatorTests : IDisposable
{
    private const string Template = """{"spec":{"replicas":1,"template":{"spec":{"containers":[{"name":"cart","image":"IMAGE"}]}}}}""";

    private readonly AskedArchive _archive = new();

    public void Dispose() => _archive.Dispose();

    [Fact]
    public async Task What_is_not_compacted_yet_is_part_of_the_answer_and_stays_raw()
    {
        await _archive.PutAsync([$"{_archive.Event() with { UserAgent = "old" }}"]);
        await _archive.PutAsync([$"{_archive.Event(70) with { UserAgent = "fresh" }}"], compact: false, TestArchive.Hour.AddHours(1).AddMinutes(20));
        SortedDictionary<string, string> before = _archive.Archive.Made();

        for (int time = 0; time < 2; time++)
        {
            Report report = await _archive.AskAsync(new ToolsQuestion());

            Assert.Equal(["fresh", "old"], Column(report, "client"));
            Assert.DoesNotContain(report.Notes, static note => note.Contains("compact", StringComparison.Ordinal));
        }

        Assert.Equal(before, _archive.Archive.Made());
        await _archive.PutAsync([$"{_archive.Event(75) with { UserAgent = "fresher" }}"], compact: false, TestArchive.Hour.AddHours(1).AddMinutes(25));
        Assert.Equal(["fresher", "fresh", "old"], Column(await _archive.AskAsync(new ToolsQuestion()), "client"));
        InvestigationOptions none = _archive.Options;
        none.FreshMegabytes = 0;
        Report without = await _archive.AskAsync(new ToolsQuestion(), options: none);
        Assert.Equal(["old"], Column(without, "client"));
        Assert.Contains(without.Notes, static note => note.Contains("archive compact", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Questions_at_the_same_time_do_not_take_each_others_files()
    {
        await _archive.PutAsync([$"{_archive.Event() with { UserAgent = "fresh" }}"], compact: false);

        Report[] reports = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _archive.AskAsync(new ToolsQuestion()))));

        Assert.All(reports, static report => Assert.Equal(["fresh"], Column(report, "client")));
        Assert.DoesNotContain(
            Directory.EnumerateDirectories(_archive.Options.CacheFolder, "*", SearchOption.AllDirectories),
            static folder => folder.Contains("spill-", StringComparison.Ordinal) || folder.EndsWith(".part", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pages_follow_each_other_and_say_whether_there_is_more()
    {
        await _archive.PutAsync([.. Enumerable.Range(0, 5).Select(i => $"{_archive.Event(i) with { UserAgent = $"tool{i}" }}")]);

        List<object?> all = [];
        for (int offset = 0; offset < 6; offset += 2)
        {
            Report page = await _archive.AskAsync(new ToolsQuestion(), new ArchiveScope { Limit = 2, Offset = offset });
            Assert.Equal(offset < 4, page.Tables[0].HasMore);
            all.AddRange(Column(page, "client"));
        }

        Assert.Equal(["tool4", "tool3", "tool2", "tool1", "tool0"], all);
    }

    [Fact]
    public async Task Times_and_clusters_bound_the_answer()
    {
        await _archive.PutAsync([$"{_archive.Event(0) with { UserAgent = "early" }}", $"{_archive.Event(30) with { UserAgent = "late" }}"]);

        Report late = await _archive.AskAsync(new SqlQuestion("SELECT user_agent FROM events"), new ArchiveScope { From = TestArchive.Hour.AddMinutes(15) });

        Assert.Equal(["late"], Column(late, "user_agent"));
        await Assert.ThrowsAsync<InvestigationException>(() => _archive.AskAsync(new ToolsQuestion(), new ArchiveScope { Cluster = "none" }));
        await Assert.ThrowsAsync<InvestigationException>(() => _archive.AskAsync(new ToolsQuestion(), new ArchiveScope { From = TestArchive.Hour.AddDays(2) }));
    }

    [Fact]
    public async Task A_question_that_costs_too_much_is_refused_with_what_to_do()
    {
        await _archive.PutAsync([$"{_archive.Event()}"]);
        InvestigationOptions small = _archive.Options;
        small.MostMegabytes = 0;
        InvestigationOptions hasty = _archive.Options;
        hasty.MostSeconds = 1;

        InvestigationException large = await Assert.ThrowsAsync<InvestigationException>(() => _archive.AskAsync(new ToolsQuestion(), options: small));
        InvestigationException slow = await Assert.ThrowsAsync<InvestigationException>(() => _archive.AskAsync(
            new SqlQuestion("SELECT sum(a.range * b.range) FROM range(10000000) a, range(1000000) b"), options: hasty));

        Assert.Contains("--from", large.Message, StringComparison.Ordinal);
        Assert.Contains("--from", slow.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_question_shows_a_credential()
    {
        const string Planted = "ghp_A8fLk29dkWm3Zq71bXcYv5nTr0PoiUeHsGjQ";
        EventJson told = _archive.Event() with
        {
            Resource = "deployments",
            ApiGroup = "apps",
            Name = "cart",
            Level = "RequestResponse",
            UserAgent = $"curl token={Planted}",
            RequestUri = $"/apis/apps/v1/namespaces/shop/deployments?token={Planted}",
            RequestObject = Template.Replace("IMAGE", "cart:1").Replace("\"name\":\"cart\"", $"\"name\":\"cart\",\"args\":[\"--token={Planted}\"]"),
        };
        EventJson secret = _archive.Event(1) with
        {
            Resource = "secrets",
            Name = "db",
            Level = "RequestResponse",
            RequestObject = """{"data":{"password":"c2VjcmV0LXZhbHVl"}}""",
        };
        await _archive.PutAsync([$"{told}", $"{secret}"]);

        foreach (Question question in new Question[]
        {
            new WhoQuestion("deployments.apps/shop/cart", could: true), new WhatQuestion(new ActorFilter(User: told.User)),
            new TimelineQuestion("deployments/shop/cart"), new TimelineQuestion("secrets/shop/db"), new ToolsQuestion(),
            new EventQuestion(told.AuditId), new EventQuestion(secret.AuditId), new SqlQuestion("SELECT * FROM events"),
            new SqlQuestion("SELECT * FROM ledger"), new SqlQuestion("SELECT json FROM events WHERE contains(json, 'shop')"),
        })
        {
            string json = Json(await _archive.AskAsync(question));
            Assert.DoesNotContain(Planted, json, StringComparison.Ordinal);
            Assert.DoesNotContain("c2VjcmV0LXZhbHVl", json, StringComparison.Ordinal);
        }

        string raw = Json(await _archive.AskAsync(new EventQuestion(told.AuditId), new ArchiveScope { IsRaw = true }));
        Assert.Contains(Planted, raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_of_storage_are_fetched_once_and_again_when_they_change()
    {
        await _archive.PutAsync([$"{_archive.Event() with { UserAgent = "one" }}"]);
        DistantStore store = new(_archive.Archive.Store);

        await _archive.AskAsync(new ToolsQuestion(), store: store);
        int first = store.Fetched;
        await _archive.AskAsync(new ToolsQuestion(), store: store);
        int second = store.Fetched;
        await _archive.PutAsync([$"{_archive.Event(5) with { UserAgent = "two" }}"]);
        Report report = await _archive.AskAsync(new ToolsQuestion(), store: store);

        Assert.True(first > 0);
        Assert.Equal(first, second);
        Assert.True(store.Fetched > second);
        Assert.Equal(["two", "one"], Column(report, "client"));
    }
}
