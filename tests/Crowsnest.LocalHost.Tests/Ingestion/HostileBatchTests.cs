using System.Text;
using Crowsnest.Azure.Ingestion;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Intake;
using Crowsnest.LocalHost.Tests.Alerts;
using Crowsnest.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Crowsnest.LocalHost.Tests.Ingestion;

/// <summary>Events that a client made as hostile as it can cost only themselves: what else is in the batch is judged and stored.</summary>
public sealed class HostileBatchTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const int Hostile = 150;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Characters => ["x", "\ud83d\ude00", "\u0001", "\"", "'"];

    [Theory]
    [MemberData(nameof(Characters))]
    public async Task Ingest_NamesOfAnyLength_AreStored(string character)
    {
        string name = string.Concat(Enumerable.Repeat(character, 5_000));
        await JudgedAsync(i => new EventJson
        {
            AuditId = $"hostile-{i}",
            User = $"u{name}",
            UserAgent = $"curl/{name}",
            Resource = "secrets",
            Verb = "list",
            Namespace = name,
            Name = "",
            RequestUri = $"/api/v1/namespaces/{Uri.EscapeDataString(name)}/secrets",
            Code = 200,
        }.ToAksRecord());
    }

    [Fact]
    public Task Ingest_HalfACharacterPairInAPatch_IsJudged() => JudgedAsync(static i => new EventJson
    {
        AuditId = $"hostile-{i}",
        Verb = "patch",
        Resource = "clusterrolebindings",
        Namespace = "",
        Code = 200,
        RequestObject = """{"roleRef":{"name":"cluster-admin"},"subjects":[{"kind":"User","name":"HALF"}]}""",
    }.ToAksRecord().Replace("HALF", """\\ud800""", StringComparison.Ordinal));

    private async Task JudgedAsync(Func<int, string> record)
    {
        await using AlertBench bench = new(azurite.Connection);
        string resource =
            $"/SUBSCRIPTIONS/X/RESOURCEGROUPS/Y/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/HOSTILE-{Guid.NewGuid():N}";
        string good = new EventJson
        {
            AuditId = "good",
            User = "mallory@example.org",
            Verb = "list",
            Resource = "secrets",
            Namespace = "",
            Name = "",
            RequestUri = "/api/v1/secrets",
            Code = 200,
        }.ToAksRecord();
        string records = string.Join(',', Enumerable.Range(0, Hostile).Select(record).Append(good))
            .Replace("\"resourceId\":\"", $"\"resourceId\":\"{resource}\",\"was\":\"", StringComparison.Ordinal);
        byte[] body = Encoding.UTF8.GetBytes($$"""{"records":[{{records}}]}""");

        await bench.Services.GetRequiredService<IAuditIngestor>()
            .IngestAsync([new HubMessage(body, 1, bench.Clock.GetUtcNow())], "0", Cancellation);

        List<Detection> found = await bench.Services.GetRequiredService<DetectionTable>()
            .ReadAsync(ClusterName.FromResourceId(resource), new DateOnly(2026, 11, 2), Cancellation);
        Assert.Contains(found, static detection => detection.AuditIds.Contains("good"));
        IEnumerable<string> ids = found.SelectMany(static d => d.AuditIds).Distinct();
        Assert.Equal(Hostile, ids.Count(static id => id.StartsWith("hostile-", StringComparison.Ordinal)));
    }
}
