using System.IO.Compression;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Rules;

/// <summary>How much the rules say about days on which nothing happened. Runs where a recording lies at hand.</summary>
public sealed class NoiseTests
{
    private const int MostADay = 20;

    [Fact]
    public async Task BenignDays_GraveDetections_AreFewAndNoneOfThePlatform()
    {
        string? file = AppContext.GetData("Crowsnest.Benign") as string;
        Assert.SkipWhen(file is null, "no recording of benign days was given (-p:Benign=FILE)");
        await using GZipStream unpacked = new(File.OpenRead(file!), CompressionMode.Decompress);
        using MemoryStream lines = new();
        await unpacked.CopyToAsync(lines, TestContext.Current.CancellationToken);
        RuleSet rules = RuleSet.Load(RepositoryFiles.RuleFiles);
        AuditPipeline pipeline = new(new MessageReader(new AuditEventParser(), "default"), new Judge(rules, null, 10));

        using IntakeBatch batch = pipeline.Read([new HubMessage(lines.ToArray(), 1, default)]);
        Evidence[] evidence = new Evidence[batch.Records.Count];
        Array.Fill(evidence, new Evidence("benign", 1));
        List<Detection> grave =
        [
            .. pipeline.Judge(batch, evidence, new HashSet<RequestKey>()).Where(static d => d.Severity >= Severity.High),
        ];

        Assert.DoesNotContain(grave, static detection => PrincipalClassifier.Classify(detection.Principal)
            is PrincipalClass.SystemComponent or PrincipalClass.SystemServiceAccount or PrincipalClass.Node);
        Assert.All(
            grave.GroupBy(static detection => DateOnly.FromDateTime(detection.Time.UtcDateTime)),
            static day => Assert.InRange(
                day.Select(static d => (d.Rule.Id, d.Principal, d.OnWhat.Split(' ')[0])).Distinct().Count(), 0, MostADay - 1));
    }
}
