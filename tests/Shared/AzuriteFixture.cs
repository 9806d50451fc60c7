using Crowsnest.Azure.Storage;
using Crowsnest.LocalHost.Processes;
using Microsoft.Extensions.Configuration;

namespace Crowsnest.Testing;

/// <summary>Storage for one class of tests: what others leave behind makes Azurite slow.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("crowsnest-azurite-").FullName;
    private AzuriteProcess _azurite = null!;

    internal string Connection => _azurite.ConnectionString;

    public async ValueTask InitializeAsync()
    {
        string tools = await AzuriteInstaller.EnsureAsync(
            Path.Combine(RepositoryFiles.Root, ".local"), static _ => { }, CancellationToken.None);
        _azurite = await AzuriteProcess.StartAsync(tools, _folder, Path.Combine(_folder, "azurite.log"), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _azurite.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    internal static StorageClients Clients(string connection) =>
        new(new ConfigurationBuilder().AddInMemoryCollection([new(StorageClients.HostConnection, connection)]).Build());
}
