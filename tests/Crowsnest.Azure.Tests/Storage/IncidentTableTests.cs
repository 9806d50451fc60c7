using System.Text.Json;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Output;
using Crowsnest.Testing;

namespace Crowsnest.Azure.Tests.Storage;

public sealed class IncidentTableTests
{
    // A row that a table refuses would stop more than its own incident.
    [Theory]
    [InlineData(3, 20)]
    [InlineData(200, 20)]
    [InlineData(200, 3_000)]
    public void Summary_HoweverManyActorsAndLongTheirNames_FitsIntoARow(int actors, int length)
    {
        string[] names = [.. Enumerable.Range(0, actors).Select(i => $"{i:D4}{new string('x', length)}")];
        Incident incident = Assert.Single(IncidentBuilder.Group(names.Select((name, i) =>
            Some.Detection($"d{i}", 0, Severity.High, principal: name) with
            {
                Time = Some.Detection("x").Time.AddMinutes(i),
                Opens = i + 1 < actors ? [names[i + 1]] : [],
            })));

        string json = IncidentTable.Summary(incident);

        Assert.InRange(json.Length, 1, 32 * 1024);
        Incident read = JsonSerializer.Deserialize(json, OutputJson.Lines.Incident)!;
        Assert.Equal((incident.Id, incident.Title, incident.Day), (read.Id, read.Title, read.Day));
    }
}
