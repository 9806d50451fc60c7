using System.Globalization;
using Crowsnest.Azure.Correlation;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Functions;

/// <summary>
/// The analyst's API. The host forwards these requests with their original path.
/// <c>GET /api/investigate/days</c>, <c>GET /api/investigate/incidents?cluster=C&amp;day=D</c> and
/// <c>GET /api/investigate/detections?cluster=C&amp;day=D[&amp;incident=ID]</c>.
/// </summary>
internal static class InvestigationEndpoints
{
    internal static void MapInvestigation(this WebApplication app)
    {
        RouteGroupBuilder api = app.MapGroup("/api/investigate");
        api.MapGet("/days", static async (IncidentTable incidents, CancellationToken cancellationToken) =>
            Results.Json((await incidents.ListDaysAsync(cancellationToken)).Select(
                static day => new { cluster = day.Cluster, day = day.Day.ToString("O", CultureInfo.InvariantCulture) })));
        api.MapGet("/incidents", static async (
            string? cluster,
            string? day,
            IncidentTable incidents,
            CancellationToken cancellationToken) =>
            Day(cluster, day, out DateOnly date) is { } problem
                ? problem
                : Results.Json(await incidents.ReadAsync(cluster!, date, cancellationToken), OutputJson.Lines.IReadOnlyListIncident));
        api.MapGet("/detections", static async (
            string? cluster,
            string? day,
            string? incident,
            DetectionTable detections,
            IncidentTable incidents,
            IncidentReader reader,
            CancellationToken cancellationToken) =>
        {
            if (Day(cluster, day, out DateOnly date) is { } problem)
            {
                return problem;
            }

            if (incident is null)
            {
                IEnumerable<Detection> found = await detections.ReadAsync(cluster!, date, cancellationToken);
                return Results.Json([.. EchoLinker.Link(found).OrderBy(static d => d.Time)], OutputJson.Lines.IReadOnlyListDetection);
            }

            // Of an incident all of them, whatever day they are of.
            Incident? known = await incidents.FindAsync(cluster!, date, incident, cancellationToken);
            Incident? whole = known is null ? null
                : (await reader.ReadAsync([known.Parts[0]], cancellationToken)).FirstOrDefault(one => one.Id == incident);
            return whole is null ? Results.Problem("there is no such incident on that day", statusCode: 404)
                : Results.Json((await reader.WithEchoesAsync(whole, cancellationToken)).Detections, OutputJson.Lines.IReadOnlyListDetection);
        });
    }

    private static IResult? Day(string? cluster, string? day, out DateOnly date)
    {
        date = default;

        // Both go into a table query; a cluster's name has no quote in it.
        return cluster is null || cluster.Contains('\'', StringComparison.Ordinal)
            || !DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date)
            ? Results.Problem("give cluster=NAME and day=YYYY-MM-DD; /api/investigate/days lists what there is", statusCode: 400)
            : null;
    }
}
