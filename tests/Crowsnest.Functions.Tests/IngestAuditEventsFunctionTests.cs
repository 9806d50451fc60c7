using Azure;
using Azure.Identity;
using Azure.Messaging.EventHubs;
using Crowsnest.Azure;
using Crowsnest.Azure.Correlation;
using Crowsnest.Azure.Ingestion;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Intake;
using Crowsnest.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crowsnest.Functions.Tests;

/// <summary>What becomes of batches that fail, for storage's sake and for their own. On real storage.</summary>
public sealed class IngestAuditEventsFunctionTests : IClassFixture<AzuriteFixture>, IAsyncLifetime
{
    private readonly FakeIngestor _ingestor = new();
    private readonly ServiceProvider _services;

    public IngestAuditEventsFunctionTests(AzuriteFixture azurite)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new(StorageClients.HostConnection, azurite.Connection),
            new("Crowsnest:RulesFolder", RepositoryFiles.Rules),
            new("Crowsnest:ShippedModel", RepositoryFiles.Model),
        ]).Build();
        _services = new ServiceCollection().AddSingleton(configuration).AddLogging().AddCrowsnest(configuration)
            .AddSingleton<IAuditIngestor>(_ingestor).BuildServiceProvider();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    public static TheoryData<Exception> FaultsOfStorage =>
    [
        new RequestFailedException(0, "connection refused"),
        new RequestFailedException(503, "server busy"),
        new RequestFailedException(403, "the role is not in force yet"),
        new AggregateException(new RequestFailedException(0, "a"), new IOException("b")),
        new HttpRequestException("no such host"),
        new AuthenticationFailedException("no token"),
    ];

    [Theory]
    [MemberData(nameof(FaultsOfStorage))]
    public async Task Run_StorageAway_IsTriedAgainHoweverOften(Exception fault)
    {
        _ingestor.Fail = _ => fault;

        foreach (int retries in new[] { 0, 5, 20, 100_000 })
        {
            await Assert.ThrowsAsync(fault.GetType(), () => RunAsync(retries, "a"));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(19)]
    public async Task Run_FailsForItsOwnSake_IsTriedAgainTwentyTimes(int retries)
    {
        _ingestor.Fail = static _ => new InvalidOperationException("broken");

        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(retries, "a"));

        Assert.Single(_ingestor.Batches);
    }

    [Fact]
    public async Task Run_StillFailsForItsOwnSake_CostsOnlyTheMessagesThatDo()
    {
        string bad = new EventJson { AuditId = "bad" }.ToAksRecord();
        string good = new EventJson { AuditId = "good" }.ToAksRecord();
        _ingestor.Fail = static batch => batch.Contains("bad", StringComparison.Ordinal) ? new InvalidOperationException("broken") : null;

        await RunAsync(20, good, bad, good, "\0\u0001 bad, and no JSON");

        // The batch, and then each message alone.
        Assert.Equal([4, 1, 1, 1, 1], _ingestor.Batches.Select(static batch => batch.Count));
        BlobArchive archive = _services.GetRequiredService<BlobArchive>();
        List<string> blobs = await archive.ListAsync("quarantine/", Cancellation).ToListAsync(Cancellation);
        Assert.Equal(2, blobs.Count);
        Assert.All(blobs, static blob => Assert.Contains("/failed-p3-", blob, StringComparison.Ordinal));
        string first = blobs.First(static blob => blob.Contains("-1-1", StringComparison.Ordinal));
        await using Stream stream = await archive.OpenAsync(first, Cancellation);
        using StreamReader reader = new(new System.IO.Compression.GZipStream(stream, System.IO.Compression.CompressionMode.Decompress));
        System.Text.Json.JsonElement line =
            System.Text.Json.JsonDocument.Parse((await reader.ReadToEndAsync(Cancellation)).Trim()).RootElement;
        Assert.Equal("KeptFailing", line.GetProperty("reason").GetString());
        Assert.Equal(bad, System.Text.Encoding.UTF8.GetString(line.GetProperty("bytes").GetBytesFromBase64()));

        // Somebody is told: a detection, an incident, an alert.
        string cluster = ClusterName.FromResourceId(
            "/SUBSCRIPTIONS/0/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/PROD");
        DetectionTable table = _services.GetRequiredService<DetectionTable>();
        Detection detection = Assert.Single(await table.ReadAsync(cluster, new DateOnly(2026, 11, 2), Cancellation));
        Assert.Equal((Severity.High, "Message of the hub set aside unjudged"), (detection.Severity, detection.Rule.Title));
        Assert.Contains(
            "message 1 of partition 3 could not be judged (InvalidOperationException)", detection.What, StringComparison.Ordinal);
        Assert.Contains(Assert.Single(detection.Evidence).Blob, blobs);
        await _services.GetRequiredService<ClusterCorrelator>().RunAsync(cluster, Cancellation);
        IncidentTable incidents = _services.GetRequiredService<IncidentTable>();
        Incident incident = Assert.Single(await incidents.ReadAsync(cluster, new DateOnly(2026, 11, 2), Cancellation));
        Assert.NotNull(incident.AlertFrom);
    }

    [Fact]
    public async Task Run_StorageAwayWhileSettingAside_IsTriedAgain()
    {
        int calls = 0;
        _ingestor.Fail = _ => ++calls <= 1 ? new InvalidOperationException("broken") : new RequestFailedException(503, "busy");

        await Assert.ThrowsAsync<RequestFailedException>(() => RunAsync(20, "a"));
    }

    private Task RunAsync(int retries, params string[] bodies)
    {
        IngestAuditEventsFunction function = new(
            _ingestor, _services.GetRequiredService<BatchRescue>(), TimeProvider.System, NullLogger<IngestAuditEventsFunction>.Instance);
        EventData[] events =
        [
            .. bodies.Select(static (body, i) =>
            {
                EventData data = new(body);
                data.GetRawAmqpMessage().MessageAnnotations["x-opt-sequence-number"] = (long)i;
                data.GetRawAmqpMessage().MessageAnnotations["x-opt-enqueued-time"] = new DateTime(2026, 11, 2, 9, 30, i, DateTimeKind.Utc);
                return data;
            }),
        ];
        return function.RunAsync(events, new FakeContext("""{"PartitionId":"3"}""", retries), Cancellation);
    }

    private sealed class FakeIngestor : IAuditIngestor
    {
        internal List<IReadOnlyList<HubMessage>> Batches { get; } = [];

        internal Func<string, Exception?> Fail { get; set; } = static _ => null;

        public Task<IntakeCounts> IngestAsync(IReadOnlyList<HubMessage> messages, string partition, CancellationToken cancellationToken)
        {
            Batches.Add(messages);
            string all = string.Concat(messages.Select(static message => System.Text.Encoding.UTF8.GetString(message.Body.Span)));
            return Fail(all) is { } fault ? Task.FromException<IntakeCounts>(fault) : Task.FromResult(default(IntakeCounts));
        }
    }
}
