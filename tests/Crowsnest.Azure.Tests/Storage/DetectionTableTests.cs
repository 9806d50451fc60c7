using System.Text.Json;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Activity;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;
using Crowsnest.Testing;

namespace Crowsnest.Azure.Tests.Storage;

/// <summary>Whatever a client may choose, ten thousand characters long: a row of a table holds 32 Ki characters.</summary>
public sealed class DetectionTableTests
{
    private const int LargestProperty = 32 * 1024;

    public static TheoryData<string> Characters => ["x", "\u00fc", "\ud83d\ude00", "\u0001", "\"", "<"];

    [Theory]
    [MemberData(nameof(Characters))]
    [Trait("Category", "Slow")]
    public void Json_EverythingIsLong_FitsIntoARow(string character)
    {
        string Long(string prefix) => prefix + string.Concat(Enumerable.Repeat(character, 10_000));
        List<Detection> found = [];
        AnomalyModel model = ModelFile.Read(File.ReadAllBytes(RepositoryFiles.Model));
        Judge judge = new(RuleSet.Load(RepositoryFiles.RuleFiles), model, 1_000, Severity.Informational);
        EventJson all = new()
        {
            User = Long("u"),
            Impersonated = Long("i"),
            SourceIPs = [Long("s"), Long("t")],
            UserAgent = Long("curl/"),
            Namespace = Long("n"),
            Name = Long("m"),
            RequestUri = "/api/v1/" + Long("r"),
            AuditId = Long("a"),
        };
        string subjects = string.Join(',', Enumerable.Range(0, 500)
            .Select(i => $$"""{"kind":"User","name":{{JsonSerializer.Serialize(Long($"{i}"))}}}"""));
        EventJson[] events =
        [
            all with
            {
                Subresource = "exec",
                Verb = "get",
                Code = 101,
                RequestUri = $"/api/v1/namespaces/x/pods/y/exec?command={Uri.EscapeDataString(Long("sh"))}",
            },
            all with { Resource = "secrets", Verb = "list", Code = 200 },
            all with
            {
                Resource = "clusterrolebindings",
                RequestObject = $$$"""{"roleRef":{"name":"cluster-admin"},"subjects":[{{{subjects}}}]}""",
            },
            all with { Resource = Long("k"), Subresource = Long("l"), User = "system:anonymous", Code = 403 },
            all with { Resource = "", User = "system:anonymous", Code = 200, Verb = "get" },
            all with
            {
                Resource = "pods",
                RequestObject =
                    $$$"""{"spec":{"hostPID":true,"serviceAccountName":{{{JsonSerializer.Serialize(Long("p"))}}},"containers":"""
                    + $$$"""[{"image":{{{JsonSerializer.Serialize(Long("g"))}}},"securityContext":{"privileged":true}}]}}""",
            },
        ];

        ActivityLog activity = new();
        foreach (EventJson json in events)
        {
            int before = found.Count;
            judge.Add(json.ToEvent(), new Evidence("raw", 1), found, activity);
            Assert.True(found.Count > before, $"nothing is found in {json.Verb} {json.Resource[..Math.Min(10, json.Resource.Length)]}");
        }

        Assert.All(found, static detection =>
        {
            int length = DetectionRow.Json(detection).Length;
            Assert.True(length < LargestProperty, $"{detection.Rule.Title}: {length}");
        });
        Assert.All(activity.ToPieces(256 * 1024), static piece => Assert.InRange(piece.Piece.Length, 1, 256 * 1024));
    }
}
