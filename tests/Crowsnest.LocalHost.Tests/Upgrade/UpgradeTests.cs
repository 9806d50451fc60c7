using System.Globalization;
using System.Text;
using Crowsnest.Azure;
using Crowsnest.Azure.Compaction;
using Crowsnest.Azure.Ingestion;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Scoring;
using Crowsnest.Learning;
using Crowsnest.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Crowsnest.LocalHost.Tests.Upgrade;

/// <summary>
/// What an earlier version stored is read by this one. A version that stores in another way keeps the folders of those before it and adds
/// its own, in tests/fixtures/state; with the folder missing, the first test makes it.
/// </summary>
public sealed class UpgradeTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const string Version = "0.1.0";
    private const string Cluster = "prod";

    private static readonly DateTimeOffset Now = new(2026, 11, 2, 10, 30, 0, TimeSpan.Zero);
    private static readonly string Folder = RepositoryFiles.Fixture($"state/{Version}");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task State_OfAnEarlierVersion_IsReadWhole()
    {
        if (!Directory.Exists(Folder))
        {
            StorageClients made = AzuriteFixture.Clients(azurite.Connection);
            await MakeAsync(made);
            await StoredState.SaveAsync(made, Folder, Cancellation);
            Assert.Fail($"{Folder} was made; commit it");
        }

        StorageClients storage = AzuriteFixture.Clients(azurite.Connection);
        await StoredState.LoadAsync(storage, Folder, Cancellation);

        string read = await ReadAsync(storage);

        Assert.True(Approval.Matches($"stored-state-{Version}", read), read);
    }

    private static async Task<string> ReadAsync(StorageClients storage)
    {
        StringBuilder text = new();
        void Say(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        AlertTable alerts = new(storage, new FakeTimeProvider(Now.AddDays(1)));
        IncidentTable incidents = new(storage);
        foreach ((string cluster, DateOnly day) in await incidents.ListDaysAsync(Cancellation))
        {
            foreach (Detection one in (await new DetectionTable(storage).ReadAsync(cluster, day, Cancellation))
                .OrderBy(static one => one.Time).ThenBy(static one => one.Id, StringComparer.Ordinal))
            {
                Say($"detection {one.Time:u} {one.Severity} {one.Rule.Id} {one.Who} | {one.What} | {one.OnWhat}");
            }

            foreach (Incident one in await incidents.ReadAsync(cluster, day, Cancellation))
            {
                AlertState? told = await incidents.ReadAlertStateAsync(one.Parts[0], Cancellation);
                Say($"incident {one.From:u} {one.Severity} {one.Title} {string.Join(" > ", one.Tactics)} told {told?.Told.Severity} {told?.Revision}");
                AlertMessage message = new(cluster, one.Day, one.Id, one.Actor, 1);
                Say($"claim {await alerts.ClaimAsync(message, "mail", mayRepeat: false, Cancellation)}");
            }
        }

        foreach (Suppression one in await new SuppressionTable(storage).ReadAllAsync(Cancellation))
        {
            Say($"suppression {one.Cluster} {one.Rule} {one.Principal} {one.Reason} by {one.Author} until {one.Until:u}");
        }

        foreach ((string incident, (Answer answer, DateTimeOffset at)) in await new FeedbackTable(storage).ReadAsync(Cluster, Cancellation))
        {
            Say($"answer {incident.Length} {answer} {at:u}");
        }

        foreach (JournalEntry one in await new AlertJournal(storage).ReadAsync(Now.AddDays(-1), Now.AddDays(1), Cancellation))
        {
            Say($"journal {one.At:u} {one.Kind} {one.Severity} {one.Title} by {one.By}");
        }

        ActivityTable activity = new(storage, NullLogger<ActivityTable>.Instance);
        ChangeTable changes = new(storage, TimeProvider.System);
        await new OldMarks(storage, changes, new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(1))).MoveAsync(Cancellation);
        ListedCluster changed = Assert.Single(await changes.ClustersAsync(DateTimeOffset.MaxValue, Cancellation));
        foreach (ChangeMark one in (await changes.ReadAsync(changed.Cluster, Cancellation)).Due.Reverse())
        {
            Say($"mark {one.Cluster} {one.Bucket} {one.ActorDay?.Day:O}");
            if (one.Bucket is { } bucket)
            {
                Say($"activity groups {(await activity.ReadAsync(one.Cluster, bucket, bucket, Cancellation))[bucket].Groups.Count()}");
            }
        }

        FeedTable feeds = new(storage);
        foreach (string cluster in await feeds.ClustersAsync(Cancellation))
        {
            Say($"feed {cluster} {await feeds.ReadAsync(cluster, DateOnly.FromDateTime(Now.UtcDateTime), Cancellation)}");
        }

        ModelStore models = new(storage, TimeProvider.System);
        (ModelPointer pointer, _) = (await models.CurrentAsync(Cancellation))!.Value;
        AnomalyModel model = await models.LoadAsync(pointer, Cancellation);
        Say($"model {pointer.Version} {model.Version} {model.Info.Events} cards {(await models.ListAsync(Cancellation)).Count}");
        (IReadOnlyList<string> faults, int manifests, int files, int raw) =
            await new ArchiveVerifier(new BlobArchiveStore(storage.Archive), deep: true, Now.AddDays(1)).RunAsync(Cancellation);
        Say($"archive {manifests} manifests, {files} files, {raw} raw {string.Join("; ", faults)}");
        return text.ToString();
    }

    private static async Task MakeAsync(StorageClients storage)
    {
        FakeTimeProvider clock = new(Now);
        byte[] message = await File.ReadAllBytesAsync(RepositoryFiles.Fixture("aks/sysdig_eventhub_event.json"), Cancellation);
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
            ["Crowsnest:RulesFolder"] = RepositoryFiles.Rules,
        }).Build();
        await using ServiceProvider services = new ServiceCollection().AddLogging().AddSingleton(configuration).AddCrowsnest(configuration)
            .AddSingleton(storage).AddSingleton<TimeProvider>(clock).BuildServiceProvider();
        await services.GetRequiredService<IAuditIngestor>().IngestAsync([new HubMessage(message, 1, Now)], "0", Cancellation);

        Incident incident = SampleIncident.Incident;
        await new DetectionTable(storage).WriteAsync(incident.Detections, Cancellation);
        IncidentTable incidents = new(storage);
        await incidents.WriteAsync([incident], Cancellation);
        await incidents.WriteAlertStateAsync(
            incident, new AlertState(new NotificationState(incident.Severity, incident.To, new HashSet<long> { 1, 2 }), 1), Cancellation);
        AlertMessage alert = new(incident.Cluster, incident.Day, incident.Id, incident.Actor, 1);
        AlertTable alerts = new(storage, clock);
        await alerts.ClaimAsync(alert, "mail", mayRepeat: false, Cancellation);
        await alerts.SettleAsync(alert, "mail", JournalKind.Sent, "250 OK", Cancellation);
        await new AlertJournal(storage).WriteAsync(
            new JournalEntry(
                Now, JournalKind.Sent, incident.Cluster, incident.Id, incident.Day, 1, incident.Severity, incident.Title, "mail", "250 OK"),
            Cancellation);
        await new FeedbackTable(storage).WriteAsync(Cluster, incident.Id, Answer.Expected, "jane", "a drill", Now, Cancellation);
        await new SuppressionTable(storage).WriteAsync(
            new Suppression
            {
                Cluster = Cluster,
                Rule = "secrets-listed-cluster-wide",
                Principal = "system:serviceaccount:backup:*",
                Reason = "the nightly backup",
                Author = "jane",
                Created = Now,
                Until = Now.AddDays(30),
            },
            Cancellation);

        ModelStore models = new(storage, clock);
        AnomalyModel model = ModelFile.Read(
            await File.ReadAllBytesAsync(Path.Combine(RepositoryFiles.Root, "ml-models", "fleet.model"), Cancellation));
        ModelCard card = await models.StoreAsync(new RetrainingResult(model, Accepted: true, [], null, []), null, Cancellation);
        await models.UseAsync(card, pinned: false, expected: null, Cancellation);
        await new ArchiveCompactor(
                new BlobArchiveStore(storage.Archive), SampleIncident.Rules, new AuditEventParser(), "default", new CompactionOptions())
            .RunAsync(null, DateTimeOffset.MaxValue, static _ => { }, static (_, fault) => throw fault, Cancellation);
    }
}
