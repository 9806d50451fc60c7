using System.CommandLine;
using Azure;
using Crowsnest.Azure.Storage;
using Microsoft.Extensions.Configuration;

namespace Crowsnest.Cli;

/// <summary>The storage of a deployment, for the commands that look into it or change it.</summary>
internal static class StorageSource
{
    internal static Option<string?> Option() => new("--storage")
    {
        Description =
            "Connection string of the storage account. Default: the settings of the function app, "
            + $"from the environment ({StorageClients.HostConnection} …).",
        Recursive = true,
    };

    /// <exception cref="UsageException">There is no usable connection.</exception>
    internal static StorageClients Open(string? storage)
    {
        ConfigurationBuilder settings = new();
        settings.AddEnvironmentVariables();
        if (storage is not null)
        {
            settings.AddInMemoryCollection([new(StorageClients.HostConnection, storage)]);
        }

        try
        {
            return new StorageClients(settings.Build());
        }
        catch (Exception bad) when (bad is FormatException or InvalidOperationException)
        {
            throw new UsageException($"give --storage a connection string, or set {StorageClients.HostConnection}: {bad.Message}", bad);
        }
    }

    /// <summary>Runs a command's work; what the storage account refuses becomes one clear line.</summary>
    internal static Task<int> GuardAsync(Func<Task<int>> work) => ExitCodes.GuardAsync(async () =>
    {
        try
        {
            return await work();
        }
        catch (RequestFailedException fault)
        {
            throw new UsageException($"the storage account answers: {fault.Message.Split('\n')[0]}", fault);
        }
    });
}
