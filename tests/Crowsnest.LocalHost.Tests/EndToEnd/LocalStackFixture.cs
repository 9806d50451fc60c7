using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Invocation;
using Crowsnest.LocalHost.Processes;
using Crowsnest.Testing;

[assembly: AssemblyFixture(typeof(Crowsnest.LocalHost.Tests.EndToEnd.LocalStackFixture))]

namespace Crowsnest.LocalHost.Tests.EndToEnd;

/// <summary>Azurite and the function app, started once for all tests.</summary>
public sealed class LocalStackFixture : IAsyncLifetime
{
    internal const string WebhookSecret = "only for tests";

    internal LocalStack Stack { get; private set; } = null!;

    internal HandlerClient Client { get; private set; } = null!;

    internal HostFile Host { get; } = HostFile.Read(Built.App);

    internal string DataFolder { get; } = Directory.CreateTempSubdirectory("crowsnest-e2e-").FullName;

    internal string Mails => Path.Combine(DataFolder, "mails");

    internal string UserRules => Path.Combine(DataFolder, "user-rules");

    public async ValueTask InitializeAsync()
    {
        int[] ports = AzuriteProcess.FreePorts(2);
        LocalHostOptions options = new()
        {
            DataFolder = DataFolder,
            AppFolder = Built.App,
            ToolsFolder = Path.Combine(RepositoryFiles.Root, ".local"),
            HttpPort = ports[0],
            IngestPort = ports[1],
            FirstSequenceNumber = 5_000_000,
            Settings = new Dictionary<string, string>
            {
                ["Crowsnest__AlertDelaySeconds"] = "1",
                ["Crowsnest__ReloadSeconds"] = "1",
                ["Crowsnest__UserRulesFolder"] = Directory.CreateDirectory(UserRules).FullName,
                ["Crowsnest__Webhook__Secret"] = WebhookSecret,
            },
        };
        Stack = await LocalStack.StartAsync(options, TimeProvider.System, static _ => { }, CancellationToken.None);
        Client = new HandlerClient(Stack.Handler.Port, TimeSpan.FromMinutes(2));
        HttpPort = ports[0];
        IngestPort = ports[1];
    }

    internal int HttpPort { get; private set; }

    internal int IngestPort { get; private set; }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Stack.DisposeAsync();
        Directory.Delete(DataFolder, recursive: true);
    }
}
