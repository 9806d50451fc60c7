using System.Text;
using Crowsnest.Azure;
using Crowsnest.Azure.Alerts;
using Crowsnest.Azure.Channels;
using Crowsnest.Azure.Correlation;
using Crowsnest.Azure.Mail;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MimeKit;

namespace Crowsnest.LocalHost.Tests.Alerts;

/// <summary>The sending of alerts on real storage, with a mail server that misbehaves, and in virtual time.</summary>
internal sealed class AlertBench : IAsyncDisposable
{
    private readonly Dictionary<string, string?> _settings;
    private readonly List<ServiceProvider> _instances = [];

    internal AlertBench(string connection, params (string Name, string Value)[] settings)
    {
        Storage = AzuriteFixture.Clients(connection);
        Queue = new VirtualQueue(Clock);
        _settings = new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = connection,
            ["Crowsnest:RulesFolder"] = RepositoryFiles.Rules,
            ["Crowsnest:FirstDays"] = "0",
            ["Crowsnest:PublicUrl"] = "https://crowsnest.example.org",
            ["Crowsnest:Mail:Host"] = "127.0.0.1",
            ["Crowsnest:Mail:Port"] = Server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Crowsnest:Mail:RequireTls"] = "false",
            ["Crowsnest:Mail:TimeoutSeconds"] = "2",
        };
        foreach ((string name, string value) in settings)
        {
            _settings[name] = value;
        }

        Services = Instance();
    }

    internal FakeTimeProvider Clock { get; } =
        new(new DateTimeOffset(2031, 5, 1, 9, 0, 0, TimeSpan.Zero).AddDays(Random.Shared.Next(10_000)));

    internal StorageClients Storage { get; }

    internal FakeSmtpServer Server { get; } = new();

    /// <summary>The mails that came in, in order.</summary>
    internal IReadOnlyList<MimeMessage> Mails =>
        [.. Server.Messages.Select(static message => MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(message))))];

    internal VirtualQueue Queue { get; }

    internal ServiceProvider Services { get; }

    internal string Cluster { get; } = $"bench-{Guid.NewGuid():N}";

    /// <summary>Takes the place of the mail server, in instances made after it was set.</summary>
    internal IMailTransport? Mail { get; set; }

    /// <summary>Channels besides mail, which the tests make themselves.</summary>
    internal List<IAlertChannel> Channels { get; } = [];

    public async ValueTask DisposeAsync()
    {
        foreach (ServiceProvider instance in _instances)
        {
            await instance.DisposeAsync();
        }

        await Server.DisposeAsync();
    }

    /// <summary>Another instance of the function app, with nothing shared but storage.</summary>
    internal ServiceProvider Instance()
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(_settings).Build();
        ServiceCollection services = new();
        services.AddLogging();
        services.AddSingleton(configuration);
        services.AddCrowsnest(configuration);
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<IAlertQueue>(Queue);
        if (Mail is not null)
        {
            services.AddSingleton(Mail);
        }

        foreach (IAlertChannel channel in Channels)
        {
            services.AddSingleton(channel);
        }

        ServiceProvider instance = services.BuildServiceProvider();
        _instances.Add(instance);
        return instance;
    }

    /// <summary>Stores an incident of one detection.</summary>
    /// <returns>The message that asks for its alert.</returns>
    internal async Task<AlertMessage> IncidentAsync(
        string principal = "jane@example.org", Severity severity = Severity.High, string rule = "a")
    {
        Detection detection = Some.Detection($"{rule}-{principal}", severity: severity, principal: principal) with
        {
            Cluster = Cluster,
            Rule = new RuleReference($"rule-{rule}", $"Rule {rule}", "1"),
        };
        await new DetectionTable(Storage).WriteAsync([detection], TestContext.Current.CancellationToken);
        ActorDay day = ActorDay.Of(detection);
        return new AlertMessage(Cluster, day.Day, day.Id, day.ActorName, 1);
    }

    internal Task SendAsync(AlertMessage message) => SendAsync(Services, message);

    internal static Task SendAsync(ServiceProvider instance, AlertMessage message) =>
        instance.GetRequiredService<AlertSender>().SendAsync(message, TestContext.Current.CancellationToken);

    /// <summary>Sends, and everything that follows from it, in virtual time.</summary>
    internal async Task SendAllAsync(params AlertMessage[] messages)
    {
        foreach (AlertMessage message in messages)
        {
            await Queue.SendAsync(message, TimeSpan.Zero, TestContext.Current.CancellationToken);
        }

        await Queue.DrainAsync(SendAsync);
    }

    /// <summary>Correlates all clusters in which something has changed.</summary>
    internal async Task CorrelateAsync()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        foreach (ListedCluster listed in await Services.GetRequiredService<ChangeTable>().ClustersAsync(DateTimeOffset.MaxValue, cancellation))
        {
            await Services.GetRequiredService<ClusterCorrelator>().RunAsync(listed.Cluster, cancellation);
        }
    }

    /// <summary>What became of the alerts of this cluster.</summary>
    internal async Task<List<JournalEntry>> JournalAsync(int days = 3) =>
    [
        .. (await new AlertJournal(Storage).ReadAsync(
                Clock.GetUtcNow().AddDays(-days), Clock.GetUtcNow().AddDays(1), TestContext.Current.CancellationToken))
            .Where(entry => entry.Cluster == Cluster),
    ];
}
