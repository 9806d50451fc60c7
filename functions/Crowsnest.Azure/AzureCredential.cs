using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;

namespace Crowsnest.Azure;

/// <summary>Identities, from the same settings that the Functions host reads.</summary>
internal static class AzureCredential
{
    /// <summary>
    /// The identity of a connection: <c>credential</c> = managedidentity, with <c>clientId</c> when it is a user-assigned one; without
    /// <c>credential</c> the first that there is, as on a developer's machine.
    /// </summary>
    internal static TokenCredential From(IConfigurationSection section) => From(section["credential"], section["clientId"]);

    /// <summary>The same, of the two settings.</summary>
    internal static TokenCredential From(string? kind, string? clientId)
    {
        if (!string.Equals(kind, "managedidentity", StringComparison.OrdinalIgnoreCase))
        {
            return Default(clientId);
        }

        return new ManagedIdentityCredential(
            clientId is { Length: > 0 } ? ManagedIdentityId.FromUserAssignedClientId(clientId) : ManagedIdentityId.SystemAssigned);
    }

    /// <summary>The identity that somebody has logged in with.</summary>
    internal static TokenCredential OfDeveloper() => Default(clientId: null);

    private static DefaultAzureCredential Default(string? clientId) =>
        new(new DefaultAzureCredentialOptions { ManagedIdentityClientId = clientId is { Length: > 0 } ? clientId : null });
}
