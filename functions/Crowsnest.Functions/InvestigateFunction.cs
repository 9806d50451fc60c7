using System.Globalization;
using Crowsnest.Azure;
using Crowsnest.Azure.Incidents;
using Crowsnest.Azure.Investigation;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Output;
using Microsoft.Azure.Functions.Worker;

namespace Crowsnest.Functions;

/// <summary>
/// The analyst's API: <c>GET /api/investigate/days</c>, <c>GET /api/investigate/incidents?cluster=C&amp;day=D</c> and
/// <c>GET /api/investigate/detections?cluster=C&amp;day=D[&amp;incident=ID]</c>; and the questions to the archive, such as
/// <c>GET /api/investigate/who?resource=secrets/shop/db&amp;from=T&amp;to=T&amp;limit=N&amp;offset=N</c>: see docs/investigate.md.
/// </summary>
public sealed class InvestigateFunction(
    IncidentTable incidents, DetectionTable detections, IncidentReader reader, QuestionDesk desk, IConfiguration configuration)
{
    // App Service sets it when somebody has signed in; only where it authenticates it takes it off requests from outside.
    private const string SignedIn = "X-MS-CLIENT-PRINCIPAL-NAME";

    [Function("Investigate")]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "investigate/{*path}")] HttpRequest request,
        CancellationToken cancellationToken) => request.RouteValues["path"] switch
        {
            "days" => DaysAsync(cancellationToken),
            "incidents" => IncidentsAsync(request.Query, cancellationToken),
            "detections" => DetectionsAsync(request.Query, cancellationToken),
            string kind when QuestionDesk.Kinds.Contains(kind) => AskAsync(kind, request, cancellationToken),
            _ => Task.FromResult(Results.Problem(
                $"there is /api/investigate/days, …/incidents, …/detections, and …/{string.Join(", …/", QuestionDesk.Kinds)}",
                statusCode: 404)),
        };

    private async Task<IResult> AskAsync(string kind, HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            Report report = await desk.AskAsync(
                kind,
                name => request.Query[name] is [{ Length: > 0 } value] ? value : null,
                ConsoleOptions.SignsIn(configuration) && request.Headers[SignedIn] is [{ Length: > 0 } name]
                    ? name : "holder of a function key",
                cancellationToken);
            return Results.Bytes(ReportJson.Write(report), "application/json");
        }
        catch (InvestigationException refused)
        {
            return Results.Problem(refused.Message, statusCode: 400);
        }
    }

    private async Task<IResult> DaysAsync(CancellationToken cancellationToken) =>
        Results.Json((await incidents.ListDaysAsync(cancellationToken)).Select(
            static day => new { cluster = day.Cluster, day = day.Day.ToString("O", CultureInfo.InvariantCulture) }));

    private async Task<IResult> IncidentsAsync(IQueryCollection query, CancellationToken cancellationToken) =>
        Problem(query, out string cluster, out DateOnly day)
        ?? Results.Json(await incidents.ReadAsync(cluster, day, cancellationToken), OutputJson.Lines.IReadOnlyListIncident);

    private async Task<IResult> DetectionsAsync(IQueryCollection query, CancellationToken cancellationToken)
    {
        if (Problem(query, out string cluster, out DateOnly day) is { } problem)
        {
            return problem;
        }

        if (query["incident"] is not [{ } incident])
        {
            IEnumerable<Detection> found = await detections.ReadAsync(cluster, day, cancellationToken);
            return Results.Json([.. WriteBackLinker.Link(found).OrderBy(static d => d.Time)], OutputJson.Lines.IReadOnlyListDetection);
        }

        // Of an incident all of them, whatever day they are of.
        DetectionDays read = reader.Begin();
        Incident? known = await incidents.FindAsync(cluster, day, incident, cancellationToken);
        Incident? whole = known is null ? null
            : (await reader.ReadAsync([known.Parts[0]], read, cancellationToken)).FirstOrDefault(one => one.Id == incident);
        return whole is null ? Results.Problem("there is no such incident on that day", statusCode: 404)
            : Results.Json(
                (await read.WithWriteBacksAsync(whole, cancellationToken)).Detections,
                OutputJson.Lines.IReadOnlyListDetection);
    }

    private static IResult? Problem(IQueryCollection query, out string cluster, out DateOnly day)
    {
        cluster = query["cluster"].ToString();
        day = default;

        // Both go into a table query; a cluster's name has no quote in it.
        return cluster.Length == 0 || cluster.Contains('\'', StringComparison.Ordinal)
            || !DateOnly.TryParseExact(query["day"], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day)
            ? Results.Problem("give cluster=NAME and day=YYYY-MM-DD; /api/investigate/days lists what there is", statusCode: 400)
            : null;
    }
}
