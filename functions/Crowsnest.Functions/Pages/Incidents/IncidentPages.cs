using System.Globalization;
using Crowsnest.Azure.Content;
using Crowsnest.Azure.Feedback;
using Crowsnest.Azure.Incidents;
using Crowsnest.Azure.Investigation;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Functions.Pages.Access;

namespace Crowsnest.Functions.Pages.Incidents;

/// <summary>Incidents: the list, one of them, its evidence, its exports, and what people do about it.</summary>
internal sealed class IncidentPages(
    IncidentTable incidents,
    IncidentReader reader,
    IncidentIndex index,
    EvidenceReader evidence,
    CaseDesk cases,
    AnswerDesk answers,
    CurrentRules rules,
    PageWriter writer) : IPageGroup
{
    private const int MostFindings = 120;
    private const int MostSimilar = 6;
    private const int DaysOfSimilar = 30;

    public IReadOnlyList<ConsolePage> Pages =>
    [
        new("incidents", ConsoleRole.Reader, ListAsync),
        new("incident", ConsoleRole.Reader, (request, cancel) => ShowAsync(request, problem: "", cancel)),
        new("incident/evidence", ConsoleRole.Reader, EvidenceAsync),
        new("incident/export", ConsoleRole.Reader, ExportAsync),
        new("incident/case", ConsoleRole.Analyst, ChangeAsync, IsPosted: true),
        new("incident/suppress", ConsoleRole.Analyst, SuppressAsync, IsPosted: true),
    ];

    private async Task<IResult> ListAsync(PageRequest request, CancellationToken cancellationToken)
    {
        string state = request["state"] is { Length: > 0 } asked ? asked : "open";
        IncidentFilter filter = new()
        {
            Cluster = request["cluster"],
            Severity = Enum.TryParse(request["severity"], ignoreCase: true, out Severity severity) ? severity : Severity.Informational,
            Tactic = request["tactic"],
            Actor = request["actor"],
            Text = request["text"],
            From = request.Day("from"),
            To = request.Day("to"),
            IsOpen = state == "open",
            State = Enum.TryParse(state, ignoreCase: true, out CaseState one) && Enum.IsDefined(one) ? one : null,
        };
        int offset = request.Number("offset");
        (IReadOnlyList<ListedIncident> page, bool hasMore) =
            await index.FindAsync(filter, offset, IncidentListModel.PageSize, cancellationToken);
        return await writer.ShowAsync<IncidentList>(request, "Incidents", new IncidentListModel(
            filter, state, await index.ClustersAsync(cancellationToken), page, offset, hasMore));
    }

    private async Task<IResult> ShowAsync(PageRequest request, string problem, CancellationToken cancellationToken)
    {
        if (await FindAsync(request, cancellationToken) is not { } incident)
        {
            return await NotFoundAsync(request);
        }

        DateTimeOffset? from = TimeOf(request["from"]);
        DateTimeOffset? to = TimeOf(request["to"]);
        List<Detection> inTime = [.. incident.Detections.Where(d => !(d.Time < from) && !(d.Time > to))];
        HashSet<Detection> kept = [.. inTime.OrderByDescending(static d => d.Severity).Take(MostFindings)];
        Task<CaseRecord> record = cases.ReadAsync(incident, cancellationToken);
        Task<IReadOnlyList<ListedIncident>> similar = SimilarAsync(incident, cancellationToken);
        return await writer.ShowAsync<IncidentPage>(
            request,
            incident.Title,
            new IncidentModel(
                incident,
                AlertContent.Of(incident, 1, await rules.GetAsync(cancellationToken), links: null),
                await record,
                await similar,
                inTime.FindAll(kept.Contains),
                inTime.Count - kept.Count,
                from,
                to,
                problem),
            problem.Length > 0 ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK);
    }

    private async Task<IResult> EvidenceAsync(PageRequest request, CancellationToken cancellationToken) =>
        await FindAsync(request, cancellationToken) is { } incident
            ? await writer.ShowAsync<EvidencePage>(
                request, "Evidence: " + incident.Title, new EvidenceModel(incident, await evidence.ReadAsync(incident, cancellationToken)))
            : await NotFoundAsync(request);

    private async Task<IResult> ExportAsync(PageRequest request, CancellationToken cancellationToken)
    {
        if (await FindAsync(request, cancellationToken) is not { } incident)
        {
            return await NotFoundAsync(request);
        }

        return IncidentExport.Write(incident, await cases.ReadAsync(incident, cancellationToken), request["format"])
            ?? await writer.SayAsync(
                request,
                "There is no such format",
                $"Formats are {string.Join(", ", IncidentExport.Formats)}.",
                StatusCodes.Status400BadRequest);
    }

    private async Task<IResult> ChangeAsync(PageRequest request, CancellationToken cancellationToken)
    {
        if (await FindAsync(request, cancellationToken) is not { } incident)
        {
            return await NotFoundAsync(request);
        }

        string state = request.Posted("state");
        if (state.Length > 0 && !(Enum.TryParse(state, out CaseState known) && known.ToString() == state))
        {
            return await ShowAsync(request, "There is no such state.", cancellationToken);
        }

        string? owner = request.Form.ContainsKey("owner") ? request.Posted("owner") : null;
        CaseRecord before = await cases.ReadAsync(incident, cancellationToken);
        string? problem = await cases.ChangeAsync(
            incident,
            new CaseChange(
                request.Visitor.Name,
                request.Posted("note"),
                state.Length == 0 || before.State.ToString() == state ? null : Enum.Parse<CaseState>(state),
                owner == before.Owner ? null : owner,
                request.Posted("duplicate")),
            cancellationToken);
        return problem is null ? Results.Redirect(Links.Incident(incident) + "#record")
            : await ShowAsync(request, problem, cancellationToken);
    }

    private async Task<IResult> SuppressAsync(PageRequest request, CancellationToken cancellationToken)
    {
        if (await FindAsync(request, cancellationToken) is not { } incident)
        {
            return await NotFoundAsync(request);
        }

        string note = request.Posted("note");
        int days = int.TryParse(request.Posted("days"), CultureInfo.InvariantCulture, out int asked) ? asked : 1;
        string? problem = note.Length is 0 or > CaseDesk.LongestNote ? "Say why it is suppressed."
            : request.Posted("lead") != incident.Lead.Id ? "The incident has grown since the page was opened. Look again, please."
            : await answers.SuppressAsync(
                incident.Lead, [.. request.Form["field"].OfType<string>()], days, request.Visitor.Name, note, cancellationToken);
        if (problem is not null)
        {
            return await ShowAsync(request, problem, cancellationToken);
        }

        await cases.ChangeAsync(
            incident,
            new CaseChange(
                request.Visitor.Name, string.Create(CultureInfo.InvariantCulture, $"Suppressed the like for {days} days: {note}")),
            cancellationToken);
        return Results.Redirect(Links.Page("suppressions"));
    }

    private async Task<Incident?> FindAsync(PageRequest request, CancellationToken cancellationToken)
    {
        string cluster = request["cluster"];
        string id = request["id"];

        // Both become keys of a table: what can't be one is not asked for.
        if (!id.All(char.IsAsciiHexDigitLower) || id.Length == 0 || request.Day("day") is not { } day
            || cluster.Length == 0 || cluster.AsSpan().IndexOfAny("/\\#?'") >= 0 || cluster.Any(char.IsControl)
            || await incidents.FindAsync(cluster, day, id, cancellationToken) is not { } known)
        {
            return null;
        }

        DetectionDays read = reader.Begin();
        IReadOnlyList<Incident> found = await reader.ReadAsync([known.Parts[0]], read, cancellationToken);
        return await read.WithWriteBacksAsync(found.FirstOrDefault(one => one.Id == id) ?? known, cancellationToken);
    }

    private async Task<IReadOnlyList<ListedIncident>> SimilarAsync(Incident incident, CancellationToken cancellationToken)
    {
        DateOnly first = incident.Day.AddDays(-DaysOfSimilar);
        DateOnly last = incident.Day.AddDays(DaysOfSimilar);
        IEnumerable<(string Cluster, DateOnly Day)> near = (await index.DaysAsync(cancellationToken))
            .Where(day => day.Cluster == incident.Cluster && day.Day >= first && day.Day <= last);
        return
        [
            .. (await index.ReadAsync([.. near], cancellationToken))
                .Where(one => one.Incident.Id != incident.Id
                    && (one.Incident.Actor == incident.Actor || one.Incident.Lead.Rule.Id == incident.Lead.Rule.Id))
                .OrderByDescending(one => (one.Incident.Actor == incident.Actor, one.Incident.To)).Take(MostSimilar),
        ];
    }

    private Task<IResult> NotFoundAsync(PageRequest request) => writer.SayAsync(
        request,
        "There is no such incident",
        "It may have become part of another: look for its actor in the list of incidents.",
        StatusCodes.Status404NotFound);

    private static DateTimeOffset? TimeOf(string text) => DateTimeOffset.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time)
        ? time : null;
}
