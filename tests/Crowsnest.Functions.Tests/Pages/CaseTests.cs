using Crowsnest.Azure.Feedback;
using Crowsnest.Azure.Incidents;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Crowsnest.Functions.Tests.Pages;

/// <summary>The record of the work on an incident: it only grows, and the training hears what was found out.</summary>
public sealed class CaseTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IAsyncDisposable
{
    private readonly ConsoleHost _host = new(azurite.Connection, ConsoleHost.Local);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private CaseDesk Desk => _host.Services.GetRequiredService<CaseDesk>();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Change_FromNewToAttack_KeepsEveryLineAndTellsTheTraining()
    {
        Incident incident = await StoreAsync("course", "prod");

        Assert.Null(await Desk.ChangeAsync(incident, new CaseChange("jane", "", CaseState.InProgress, "jane"), Cancellation));
        Assert.Null(await Desk.ChangeAsync(incident, new CaseChange("jane", "asked the team"), Cancellation));
        Assert.Null(await Desk.ChangeAsync(incident, new CaseChange("john", "it was real", CaseState.Attack), Cancellation));

        CaseRecord record = await Desk.ReadAsync(incident, Cancellation);
        Assert.Equal((CaseState.Attack, "jane", 3, false), (record.State, record.Owner, record.Entries.Count, record.IsOpen));
        Assert.Equal(["", "asked the team", "it was real"], record.Entries.Select(static entry => entry.Note));
        Assert.Equal(Answer.Attack, (await AnswersAsync("prod"))[incident.Id].Answer);
    }

    [Fact]
    public async Task Change_ClosedIsOpenedAgain_TheAnswerIsTakenBack()
    {
        Incident incident = await StoreAsync("reopened", "prod");
        await Desk.ChangeAsync(incident, new CaseChange("jane", "a drill", CaseState.Expected), Cancellation);

        await Desk.ChangeAsync(incident, new CaseChange("john", "no, it was not", CaseState.InProgress), Cancellation);

        Assert.DoesNotContain(incident.Id, await AnswersAsync("prod"));
        Assert.Equal(2, (await Desk.ReadAsync(incident, Cancellation)).Entries.Count);
    }

    [Theory]
    [InlineData("", "note", null, null)]
    [InlineData("jane", "", null, null)]
    [InlineData("jane", "", CaseState.Attack, null)]
    [InlineData("jane", "", CaseState.Expected, null)]
    [InlineData("jane", "why", CaseState.Duplicate, "")]
    [InlineData("jane", "why", (CaseState)99, "")]
    public async Task Change_SomethingIsMissing_IsRefusedInWordsAndRecordsNothing(
        string author, string note, CaseState? state, string? duplicateOf)
    {
        Incident incident = await StoreAsync($"refused-{author}-{note}-{state}", "prod");

        string? problem = await Desk.ChangeAsync(incident, new CaseChange(author, note, state, null, duplicateOf ?? ""), Cancellation);

        Assert.NotNull(problem);
        Assert.Empty((await Desk.ReadAsync(incident, Cancellation)).Entries);
    }

    [Fact]
    public async Task Read_IncidentsThatBecameOne_HasTheLinesOfAll()
    {
        Incident first = await StoreAsync("first", "prod");
        Incident second = await StoreAsync("second", "prod");
        await Desk.ChangeAsync(first, new CaseChange("jane", "of the first"), Cancellation);
        await Desk.ChangeAsync(second, new CaseChange("john", "of the second"), Cancellation);

        CaseRecord record = await Desk.ReadAsync(first with { Parts = [.. first.Parts, .. second.Parts] }, Cancellation);

        Assert.Equal(["of the first", "of the second"], record.Entries.Select(static entry => entry.Note));
    }

    [Fact]
    public async Task Find_Filters_TakeWhatTheySayAndPageByTime()
    {
        IncidentIndex index = _host.Services.GetRequiredService<IncidentIndex>();
        List<Incident> all = [];
        for (int i = 0; i < 7; i++)
        {
            all.Add(await StoreAsync($"listed-{i}", i < 5 ? "listed" : "other", i, i % 2 == 0 ? Severity.High : Severity.Medium));
        }

        await Desk.ChangeAsync(all[0], new CaseChange("jane", "fine", CaseState.Expected), Cancellation);

        Assert.Equal("43210", await FindAsync(new IncidentFilter { Cluster = "listed" }));
        Assert.Equal("4321", await FindAsync(new IncidentFilter { Cluster = "listed", IsOpen = true }));
        Assert.Equal("0", await FindAsync(new IncidentFilter { Cluster = "listed", State = CaseState.Expected }));
        Assert.Equal("420", await FindAsync(new IncidentFilter { Cluster = "listed", Severity = Severity.High }));
        Assert.Equal("3", await FindAsync(new IncidentFilter { Actor = "LISTED-3@" }));
        Assert.Empty(await FindAsync(new IncidentFilter { Cluster = "listed", Tactic = "impact" }));
        Assert.Empty(await FindAsync(new IncidentFilter { Cluster = "listed", To = new DateOnly(2026, 11, 1) }));
        (IReadOnlyList<ListedIncident> page, bool hasMore) = await index.FindAsync(
            new IncidentFilter { Cluster = "listed" }, 1, 2, Cancellation);
        Assert.Equal([all[3].Id, all[2].Id], page.Select(static one => one.Incident.Id));
        Assert.True(hasMore);

        // Which of them, by their number.
        async Task<string> FindAsync(IncidentFilter filter) => string.Concat(
            (await index.FindAsync(filter, 0, 100, Cancellation)).Page.Select(one => all.FindIndex(known => known.Id == one.Incident.Id)));
    }

    private Task<IReadOnlyDictionary<string, (Answer Answer, DateTimeOffset At)>> AnswersAsync(string cluster) =>
        _host.Services.GetRequiredService<FeedbackTable>().ReadAsync(cluster, Cancellation);

    private async Task<Incident> StoreAsync(string id, string cluster, int minute = 0, Severity severity = Severity.High)
    {
        Incident incident = Assert.Single(IncidentBuilder.Group(
            [Some.Detection(id, minute, severity, principal: id + "@example.org") with { Cluster = cluster }]));
        await _host.Services.GetRequiredService<IncidentTable>().WriteAsync([incident], Cancellation);
        return incident;
    }
}
