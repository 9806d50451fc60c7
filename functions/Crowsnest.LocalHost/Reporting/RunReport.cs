using System.Globalization;
using System.Text.Json;
using Azure.Storage.Blobs.Models;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Output;
using Crowsnest.LocalHost.Http;

namespace Crowsnest.LocalHost.Reporting;

/// <summary>Says what a run found and where it lies. It asks the function app's own API, as an analyst would.</summary>
internal static class RunReport
{
    private const int MostInFull = 12;
    private const int MostSteps = 12;

    internal static async Task WriteAsync(
        LocalStack stack,
        LocalHostOptions options,
        Action<string> say,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<Incident> incidents = await IncidentsAsync(options, stack.Keys, cancellationToken);
        List<Incident> alerted = [.. incidents.Where(static incident => incident.AlertFrom is not null)
            .OrderByDescending(static incident => incident.Severity).ThenByDescending(static incident => incident.Tactics.Count)
            .ThenBy(static incident => incident.From)];
        say("");
        say($"{alerted.Count} incidents with an alert ({incidents.Count - alerted.Count} without one)");
        List<Incident> full = [.. alerted.Where(static incident => incident.Severity >= Severity.Medium).Take(MostInFull)];
        foreach (Incident incident in full)
        {
            WriteInFull(incident, say);
        }

        if (alerted.Count > full.Count)
        {
            say("");
            say("Also, one line each:");
            foreach (Incident incident in alerted.Except(full))
            {
                say(string.Create(
                    CultureInfo.InvariantCulture, $"  {incident.Severity,-8}  {incident.From.UtcDateTime:HH:mm}  {incident.Title}"));
            }
        }

        await WritePlacesAsync(stack, options, say, cancellationToken);
    }

    private static void WriteInFull(Incident incident, Action<string> say)
    {
        Detection lead = incident.Lead;
        say("");
        say($"{incident.Severity.ToString().ToUpperInvariant()}  {incident.Title}");
        say($"  what         {lead.What}");
        say(string.Create(
            CultureInfo.InvariantCulture,
            $"  when         {incident.From.UtcDateTime:yyyy-MM-dd HH:mm:ss} to {incident.To.UtcDateTime:HH:mm:ss} UTC"));
        say($"  who          {lead.Who}");
        say($"  from where   {lead.FromWhere}");
        say($"  on what      {lead.OnWhat}");
        say($"  going where  {lead.GoingWhere}");
        List<Phase> steps = [.. incident.Phases.Where(static phase => phase.Severity >= Severity.Medium)];
        foreach (Phase step in steps.Take(MostSteps))
        {
            say(string.Create(
                CultureInfo.InvariantCulture,
                $"  {(step == steps[0] ? "steps" : ""),-12} {step.From.UtcDateTime:HH:mm}  {step.Tactic}: {step.Title}"));
        }

        foreach (CausalLink link in incident.Links)
        {
            say($"  opened by    {link.From}, for {link.To}");
        }
    }

    private static async Task<IReadOnlyList<Incident>> IncidentsAsync(
        LocalHostOptions options, HostKeys keys, CancellationToken cancellationToken)
    {
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{options.HttpPort}/api/investigate/") };
        client.DefaultRequestHeaders.Add(HostKeys.Header, keys.Default);
        List<Incident> incidents = [];
        JsonElement days = await client.GetFromJsonAsync<JsonElement>(new Uri("days", UriKind.Relative), cancellationToken);
        foreach (JsonElement day in days.EnumerateArray())
        {
            string query = $"incidents?cluster={Uri.EscapeDataString(day.GetProperty("cluster").GetString()!)}"
                + $"&day={day.GetProperty("day").GetString()}";
            incidents.AddRange(await client.GetFromJsonAsync(
                new Uri(query, UriKind.Relative), OutputJson.Lines.IReadOnlyListIncident, cancellationToken) ?? []);
        }

        // One that goes over days is listed on each of them.
        return [.. incidents.DistinctBy(static incident => incident.Id)];
    }

    private static async Task WritePlacesAsync(
        LocalStack stack,
        LocalHostOptions options,
        Action<string> say,
        CancellationToken cancellationToken)
    {
        int blobs = 0;
        string last = "";
        await foreach (BlobItem blob in stack.Storage.Archive.GetBlobsAsync(cancellationToken: cancellationToken))
        {
            blobs++;
            last = blob.Name;
        }

        string mails = Path.Combine(options.DataFolder, "mails");
        int written = Directory.Exists(mails) ? Directory.EnumerateFiles(mails, "*.eml").Count() : 0;
        say("");
        say($"Mails    {written} in {mails}");
        say($"Archive  {blobs} blobs in container '{StorageNames.ArchiveContainer}', for example {last}");
        if (stack.Emulators.Azurite is not null)
        {
            say($"         kept by Azurite in {Path.Combine(options.DataFolder, "storage")}");
        }

        say($"Logs     {Path.Combine(options.DataFolder, "app.log")}");
        if (stack.LostBatches > 0)
        {
            say($"WARNING  {stack.LostBatches} batches failed after all retries and were passed over");
        }
    }
}
