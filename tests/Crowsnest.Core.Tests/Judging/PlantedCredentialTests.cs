using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Output;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Judging;

public sealed class PlantedCredentialTests
{
    [Fact]
    public void Judge_FortyPlantedCredentials_AreInNoDetectionIncidentMailOrWebhook()
    {
        RuleSet rules = RuleSet.Load(RepositoryFiles.RuleFiles);
        AnomalyModel model = ModelFile.Read(File.ReadAllBytes(RepositoryFiles.Model));
        AuditPipeline pipeline = new(new MessageReader(new AuditEventParser(), "default"), new Judge(rules, model, 1_000));
        using IntakeBatch batch = pipeline.Read([new HubMessage(Encoding.UTF8.GetBytes(string.Join('\n', PlantedCredentials.All.Select(static one => one.Line))), 1, default)]);
        ArchivedBatch archived = AuditPipeline.Archive(batch, new BatchPosition("0", 1, 1, default), redact: false);

        List<Detection> detections = pipeline.Judge(batch, archived.Evidence, new HashSet<RequestKey>());

        Assert.True(PlantedCredentials.All.Count >= 40);
        StringBuilder output = new();
        foreach (Detection detection in detections)
        {
            output.AppendLine(JsonSerializer.Serialize(detection, OutputJson.Lines.Detection));
        }

        foreach (Incident incident in IncidentBuilder.Group(detections))
        {
            AlertContent alert = AlertContent.Of(incident, 1, rules, links: null);
            AlertMail mail = AlertMail.Of(alert);
            output.AppendLine(JsonSerializer.Serialize(incident, OutputJson.Lines.Incident)).AppendLine(mail.Subject).AppendLine(mail.Text).AppendLine(mail.Html)
                .AppendLine(SlackRenderer.Render(alert)).AppendLine(TeamsRenderer.Render(alert)).AppendLine(PagerDutyRenderer.Render(alert, "")).AppendLine(CloudEventRenderer.Render(alert));
        }

        Assert.Empty(Found(output.ToString()));
        int detected = PlantedCredentials.All.Count(one => detections.Any(d => d.AuditIds.Any(id => one.Line.Contains($"\"{id}\"", StringComparison.Ordinal))));
        Assert.True(detected >= PlantedCredentials.All.Count - 3, $"{detected} have a detection");
    }

    [Fact]
    public void Show_FortyPlantedCredentials_AreNotInTheText()
    {
        foreach ((string line, string value) in PlantedCredentials.All)
        {
            string text = EvidenceText.Of(Encoding.UTF8.GetBytes(line)).Text;

            Assert.Contains("\"verb\"", text, StringComparison.Ordinal);
            Assert.DoesNotContain(value, text, StringComparison.Ordinal);
        }
    }

    // Where nothing says what a value is, and it looks like any other, only the page leaves it out.
    [Fact]
    public void Archive_FortyPlantedCredentialsRedacted_KeepsOneOfThemAtMostAndReadsTheSame()
    {
        using IntakeBatch batch = new();
        byte[] lines = Encoding.UTF8.GetBytes(string.Join('\n', PlantedCredentials.All.Select(static one => one.Line)));
        new MessageReader(new AuditEventParser(), "default").Read(new HubMessage(lines, 1, default), batch);

        ArchiveBlob blob = AuditPipeline.Archive(batch, new BatchPosition("0", 1, 1, default), redact: true).Blobs.Single();

        using StreamReader reader = new(new GZipStream(new MemoryStream(blob.Content), CompressionMode.Decompress));
        string text = reader.ReadToEnd();
        Assert.Equal([FakeCredential.Mixed(33, 12)], Found(text));
        using IntakeBatch again = new();
        new MessageReader(new AuditEventParser(), "default").Read(new HubMessage(Encoding.UTF8.GetBytes(text), 1, default), again);
        Assert.Equal(batch.Counts, again.Counts);
    }

    [Fact]
    public void Redact_PlantedLines_TwiceIsOnce()
    {
        foreach ((string line, _) in PlantedCredentials.All)
        {
            string once = Redactor.Redact(line);

            Assert.Equal(once, Redactor.Redact(once));
        }
    }

    private static IEnumerable<string> Found(string text) =>
        PlantedCredentials.All.Select(static one => one.Value).Where(value => text.Contains(value, StringComparison.Ordinal)).Distinct();
}
