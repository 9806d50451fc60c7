using Azure.Core;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Producer;
using Microsoft.Extensions.Configuration;

namespace Crowsnest.Azure.Hubs;

/// <summary>Where an event hub is and how to get in: with a connection string, or as an identity that Entra knows.</summary>
public sealed record HubConnection
{
    private const string NamespaceSetting = "fullyQualifiedNamespace";

    private HubConnection(string fullyQualifiedNamespace, string hub) => (FullyQualifiedNamespace, Hub) = (fullyQualifiedNamespace, hub);

    public string FullyQualifiedNamespace { get; }

    /// <summary>Name of the hub.</summary>
    public string Hub { get; }

    /// <summary>The connection string, or null when an identity is used.</summary>
    public string? ConnectionString { get; private init; }

    /// <summary>The identity, or null when a connection string is used.</summary>
    public TokenCredential? Credential { get; private init; }

    /// <summary>Reads what a person gives: a connection string with an EntityPath, or <c>NAMESPACE/HUB</c>.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static HubConnection Parse(string text)
    {
        if (text.Contains("Endpoint=", StringComparison.OrdinalIgnoreCase))
        {
            return FromConnectionString(text, hub: null);
        }

        return text.Split('/') is [{ Length: > 0 } space, { Length: > 0 } hub]
            ? new HubConnection(space.Contains('.', StringComparison.Ordinal) ? space : $"{space}.servicebus.windows.net", hub)
            {
                Credential = AzureCredential.OfDeveloper(),
            }
            : throw new FormatException("give a connection string that has an EntityPath, or NAMESPACE.servicebus.windows.net/HUB");
    }

    /// <summary>
    /// Reads the settings of an Event Hubs trigger, as the Functions host does: a connection string, or a section with
    /// <c>fullyQualifiedNamespace</c>, <c>credential</c> and <c>clientId</c>.
    /// </summary>
    /// <param name="configuration">The app settings.</param>
    /// <param name="connection">Name of the connection, for example AuditHub.</param>
    /// <param name="hub">Name of the hub; an EntityPath in the connection string goes before.</param>
    /// <returns>The hub, or null when the connection is not set.</returns>
    /// <exception cref="FormatException">The settings are there and not usable.</exception>
    public static HubConnection? Find(IConfiguration configuration, string connection, string? hub)
    {
        if (configuration[connection] is { Length: > 0 } text)
        {
            return FromConnectionString(text, hub);
        }

        IConfigurationSection section = configuration.GetSection(connection);
        return section[NamespaceSetting] is not { Length: > 0 } space ? null
            : string.IsNullOrEmpty(hub) ? throw new FormatException($"{connection}__{NamespaceSetting} is set, but not the name of the hub")
            : new HubConnection(space, hub) { Credential = AzureCredential.From(section) };
    }

    /// <summary>Makes a producer. Close it when done.</summary>
    public EventHubProducerClient CreateProducer(EventHubProducerClientOptions? options = null) => ConnectionString is { } text
        ? new EventHubProducerClient(text, Hub, options)
        : new EventHubProducerClient(FullyQualifiedNamespace, Hub, Credential, options);

    /// <summary>Makes a consumer. Close it when done.</summary>
    public EventHubConsumerClient CreateConsumer(string consumerGroup) => ConnectionString is { } text
        ? new EventHubConsumerClient(consumerGroup, text, Hub)
        : new EventHubConsumerClient(consumerGroup, FullyQualifiedNamespace, Hub, Credential);

    private static HubConnection FromConnectionString(string text, string? hub)
    {
        EventHubsConnectionStringProperties properties = EventHubsConnectionStringProperties.Parse(text);
        return (properties.EventHubName ?? hub) is { Length: > 0 } name
            ? new HubConnection(properties.FullyQualifiedNamespace, name)
            {
                // The clients refuse a name that stands in both places.
                ConnectionString = properties.EventHubName is null ? text : WithoutEntityPath(text),
            }
            : throw new FormatException("the connection string has no EntityPath, which would name the hub");
    }

    private static string WithoutEntityPath(string text) => string.Join(
        ';', text.Split(';').Where(static part => !part.TrimStart().StartsWith("EntityPath=", StringComparison.OrdinalIgnoreCase)));
}
