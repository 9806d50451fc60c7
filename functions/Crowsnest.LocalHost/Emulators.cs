using Crowsnest.Azure.Hubs;
using Crowsnest.Azure.Storage;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.EventHubs;
using Crowsnest.LocalHost.Processes;

namespace Crowsnest.LocalHost;

/// <summary>
/// What stands for Azure: storage and the event hub. Where the settings name real ones those are used, else Azurite and the local
/// event hub are started, and the settings name them.
/// </summary>
internal sealed class Emulators : IAsyncDisposable
{
    internal const string HubSetting = "AuditHub";

    private const string HubName = "aks-audit";
    private const string NameSetting = "AUDIT_HUB_NAME";
    private const string GroupSetting = "AUDIT_CONSUMER_GROUP";

    // As in the deployment: the default group stays free for others.
    private const string LocalGroup = "crowsnest";

    private Emulators(AppSettings settings) => Settings = settings;

    internal AppSettings Settings { get; }

    internal AzuriteProcess? Azurite { get; private set; }

    internal EventHubBroker? Broker { get; private set; }

    internal StorageClients Storage { get; private set; } = null!;

    internal HubConnection Hub { get; private set; } = null!;

    /// <exception cref="LocalHostException">One can't be started, or a setting is unusable.</exception>
    internal static async Task<Emulators> StartAsync(
        LocalHostOptions options, TimeProvider clock, Action<string> say, CancellationToken cancellationToken)
    {
        Emulators emulators = new(new AppSettings(options.Settings));
        try
        {
            await emulators.StartStorageAsync(options, say, cancellationToken);
            await emulators.StartHubAsync(options, clock, say, cancellationToken);
            return emulators;
        }
        catch
        {
            await emulators.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Broker is not null)
        {
            await Broker.DisposeAsync();
        }

        if (Azurite is not null)
        {
            await Azurite.DisposeAsync();
        }
    }

    private async Task StartStorageAsync(LocalHostOptions options, Action<string> say, CancellationToken cancellationToken)
    {
        IConfigurationSection storage = Settings.Configuration.GetSection(StorageClients.HostConnection);
        if (!string.IsNullOrEmpty(storage.Value) || storage.GetChildren().Any())
        {
            say($"Storage: what {StorageClients.HostConnection} names");
        }
        else
        {
            string folder = await AzuriteInstaller.EnsureAsync(options.ToolsFolder, say, cancellationToken);
            say("Starting Azurite");
            string data = Path.Combine(options.DataFolder, "storage");
            Directory.CreateDirectory(data);
            Azurite = await AzuriteProcess.StartAsync(folder, data, Path.Combine(options.DataFolder, "azurite.log"), cancellationToken);
            Settings.Default(StorageClients.HostConnection, Azurite.ConnectionString);
        }

        try
        {
            Storage = new StorageClients(Settings.Configuration);
        }
        catch (Exception unusable) when (unusable is FormatException or InvalidOperationException)
        {
            throw new LocalHostException($"{StorageClients.HostConnection} can't be used: {unusable.Message}", unusable);
        }
    }

    private async Task StartHubAsync(LocalHostOptions options, TimeProvider clock, Action<string> say, CancellationToken cancellationToken)
    {
        try
        {
            HubConnection? given = HubConnection.Find(Settings.Configuration, HubSetting, Settings.Configuration[NameSetting]);
            if (given is null)
            {
                Settings.Default(GroupSetting, LocalGroup);
                Broker = await EventHubBroker.StartAsync(
                    new EventHubBrokerOptions
                    {
                        HubName = HubName,
                        ConsumerGroups = [Settings.Configuration[GroupSetting]!],
                        Partitions = options.Partitions,
                        Port = options.HubPort,
                        DataFolder = Path.Combine(options.DataFolder, "hub"),
                        Say = say,
                    },
                    clock,
                    cancellationToken);
                Settings.Default(HubSetting, Broker.ConnectionString);
                given = HubConnection.Parse(Broker.ConnectionString);
            }
            else
            {
                say($"Event hub: {given.Hub} of {given.FullyQualifiedNamespace}");
            }

            Settings.Default(NameSetting, given.Hub);
            Settings.Default(GroupSetting, EventHubBrokerOptions.DefaultConsumerGroup);
            Hub = given;
        }
        catch (FormatException unusable)
        {
            throw new LocalHostException($"{HubSetting} can't be used: {unusable.Message}", unusable);
        }
    }
}
