using Crowsnest.Azure.Investigation;
using Crowsnest.Azure.Tests.Compaction;
using Crowsnest.Testing;
using static Crowsnest.Azure.Tests.Investigation.AskedArchive;

namespace Crowsnest.Azure.Tests.Investigation;

public sealed class QuestionTests : IDisposable
{
    private const string Template = """{"spec":{"replicas":1,"template":{"spec":{"containers":[{"name":"cart","image":"IMAGE"}]}}}}""";

    private readonly AskedArchive _archive = new();

    public void Dispose() => _archive.Dispose();

    [Fact]
    public async Task Who_counts_direct_access_and_lists_of_the_namespace_and_of_all()
    {
        await _archive.PutAsync(
        [
            $"{Secret("get", "db") with { User = "anna" }}",
            $"{Secret("get", "db") with { User = "anna", Code = 403 }}",
            $"{Secret("list", "") with { User = "ben" }}",
            $"{Secret("list", "") with { User = "carl", Namespace = "" }}",
            $"{Secret("list", "") with { User = "another namespace", Namespace = "other" }}",
            $"{Secret("get", "other") with { User = "another name" }}",
            $"{Secret("get", "db") with { User = "another kind", Resource = "configmaps" }}",
        ]);

        Report report = await _archive.AskAsync(new WhoQuestion("secrets/shop/db"));

        Assert.Equal(["anna", "ben", "carl"], Column(report, "principal").Order());
        Assert.Equal([2L, 1L, 1L], Column(report, "requests").OrderDescending());
        Assert.Equal(1L, Column(report, "denied").Sum(static one => (long)one!));
        Assert.Contains("all of shop", Column(report, "objects"));
        Assert.Contains("all", Column(report, "objects"));
        Assert.All(Column(report, "expected"), static said => Assert.NotNull(said));
    }

    [Fact]
    public async Task Who_counts_by_the_events_where_the_ledger_keeps_no_names()
    {
        await _archive.PutAsync(
        [
            $"{_archive.Event() with { Verb = "get", Resource = "configmaps", Name = "web-1", User = "anna", Code = 200 }}",
            $"{_archive.Event() with { Verb = "get", Resource = "configmaps", Name = "web-2", User = "ben", Code = 200 }}",
        ]);

        Report report = await _archive.AskAsync(new WhoQuestion("configmaps/shop/web-1"));

        Assert.Equal(["anna"], Column(report, "principal"));
        Assert.Contains(report.Notes, static note => note.Contains("from the events", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_could_follows_roles_and_bindings()
    {
        EventJson rbac = _archive.Event() with { ApiGroup = "rbac.authorization.k8s.io", User = "admin", Level = "RequestResponse" };
        await _archive.PutAsync(
        [
            $"{rbac with
            {
                AuditId = "1", Resource = "roles", Name = "reader",
                RequestObject = """{"metadata":{"name":"reader","namespace":"shop"},"rules":[{"apiGroups":[""],"resources":["secrets"],"verbs":["get"]}]}""",
            }}",
            $"{rbac with
            {
                AuditId = "2", Resource = "rolebindings", Name = "read",
                RequestObject = """{"metadata":{"name":"read","namespace":"shop"},"roleRef":{"kind":"Role","name":"reader"},"subjects":[{"kind":"User","name":"dora"}]}""",
            }}",
        ]);

        Report report = await _archive.AskAsync(new WhoQuestion("secrets/shop/db", could: true));

        ReportTable could = report.Tables[1];
        Assert.Contains(could.Rows, static row => row[0] is "dora" && row[3] is "RoleBinding read" && row[5] is "shop");
        Assert.DoesNotContain((await _archive.AskAsync(new WhoQuestion("secrets/other/db", could: true))).Tables[1].Rows,
            static row => row[0] is "dora");
    }

    [Fact]
    public async Task What_tells_sessions_apart_by_pause_and_address()
    {
        await _archive.PutAsync(
        [
            $"{_archive.Event(0) with { Verb = "list", Name = "" }}",
            $"{_archive.Event(10) with { Verb = "delete", Code = 403 }}",
            $"{_archive.Event(45) with { Verb = "list", Name = "" }}",
            $"{_archive.Event(11) with { Verb = "list", Name = "", SourceIPs = ["203.0.113.9"] }}",
            $"{_archive.Event(12) with { User = "somebody else" }}",
        ]);

        Report report = await _archive.AskAsync(new WhatQuestion(new ActorFilter(User: "jane@example.org")));

        Assert.Equal(3, report.Tables[1].Rows.Count);
        Assert.Equal([1L, 1L, 2L, 3L], Column(report, "session"));
        Assert.DoesNotContain("somebody else", Column(report, "principal"));
        Report network = await _archive.AskAsync(new WhatQuestion(new ActorFilter(Source: "203.0.113.0/24")));
        Assert.Single(network.Tables[1].Rows);
    }

    [Fact]
    public async Task Timeline_shows_what_changed_and_leaves_status_out()
    {
        EventJson deployment = _archive.Event() with { Resource = "deployments", ApiGroup = "apps", Name = "cart", Level = "RequestResponse" };
        await _archive.PutAsync(
        [
            $"{deployment with { AuditId = "1", RequestObject = Template.Replace("IMAGE", "cart:1") }}",
            $"{deployment with { AuditId = "2", Verb = "update", Code = 200, Time = TestArchive.Hour.AddMinutes(5), RequestObject = Template.Replace("IMAGE", "evil:2") }}",
            $"{deployment with { AuditId = "3", Verb = "patch", Subresource = "status", Time = TestArchive.Hour.AddMinutes(6) }}",
            $"{deployment with { AuditId = "4", Verb = "get", Code = 200, Time = TestArchive.Hour.AddMinutes(7) }}",
            $"{deployment with { AuditId = "5", Name = "other", Time = TestArchive.Hour.AddMinutes(8) }}",
        ]);

        Report report = await _archive.AskAsync(new TimelineQuestion("deployments/shop/cart"));

        Assert.Equal(["create", "update"], Column(report, "verb"));
        Assert.Equal(
            ["spec.template.spec.containers[cart].image: cart:1 → evil:2"], (IEnumerable<object?>)Column(report, "changes")[1]!);
        Assert.Contains(report.Notes, static note => note.StartsWith("2 reads", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tools_come_by_first_appearance_the_newest_first()
    {
        await _archive.PutAsync(
        [
            $"{_archive.Event(0) with { UserAgent = "kubectl/v1" }}",
            $"{_archive.Event(20) with { UserAgent = "peirates" }}",
            $"{_archive.Event(30) with { UserAgent = "kubectl/v1" }}",
        ]);

        Assert.Equal(["peirates", "kubectl"], Column(await _archive.AskAsync(new ToolsQuestion()), "client"));
    }

    [Fact]
    public async Task Event_finds_a_request_and_says_what_is_known_when_there_is_none()
    {
        EventJson one = _archive.Event(3);
        await _archive.PutAsync([$"{one}", $"{_archive.Event(4)}"]);

        Report report = await _archive.AskAsync(new EventQuestion(one.AuditId));

        Assert.Single(report.Tables[0].Rows);
        Assert.Contains(one.AuditId, (string)Column(report, "record")[0]!, StringComparison.Ordinal);
        InvestigationException none = await Assert.ThrowsAsync<InvestigationException>(() => _archive.AskAsync(new EventQuestion("nope")));
        Assert.Contains("--from", none.Message, StringComparison.Ordinal);
    }

    private EventJson Secret(string verb, string name) => _archive.Event() with { Verb = verb, Resource = "secrets", Name = name, Code = 200 };
}
