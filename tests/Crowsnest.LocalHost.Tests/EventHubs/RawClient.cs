using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;

namespace Crowsnest.LocalHost.Tests.EventHubs;

/// <summary>Speaks AMQP without the caution of the Event Hubs client.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    private readonly AmqpConnection _connection;
    private readonly AmqpSession _session;

    private RawClient(AmqpConnection connection, AmqpSession session)
    {
        _connection = connection;
        _session = session;
    }

    internal static async Task<RawClient> ConnectAsync(TestHub hub)
    {
        AmqpConnection connection = await AmqpConnection.Factory.OpenConnectionAsync(
            $"amqp://localhost:{hub.Broker.Port}", TestHub.Patience);
        AmqpSession session = connection.CreateSession(new AmqpSessionSettings());
        await session.OpenAsync(TestHub.Patience);
        return new RawClient(connection, session);
    }

    internal async Task<SendingAmqpLink> OpenSenderAsync(string address, params string[] capabilities)
    {
        SendingAmqpLink link = new(_session, new AmqpLinkSettings
        {
            LinkName = Guid.NewGuid().ToString(),
            Role = false,
            Source = new Source { Address = "here" },
            Target = new Target { Address = address },
            DesiredCapabilities = new Multiple<Microsoft.Azure.Amqp.Encoding.AmqpSymbol>(
                [.. capabilities.Select(static name => (Microsoft.Azure.Amqp.Encoding.AmqpSymbol)name)]),
        });
        await link.OpenAsync(TestHub.Patience);

        // A refusal follows the answer to the opening.
        TaskCompletionSource settled = new();
        link.SafeAddClosed((_, _) => settled.TrySetResult());
        await Task.WhenAny(settled.Task, CreditAsync(link));
        return link.TerminalException is { } refused ? throw refused : link;
    }

    public async ValueTask DisposeAsync() => await _connection.CloseAsync(TestHub.Patience);

    private static Task CreditAsync(SendingAmqpLink link)
    {
        TaskCompletionSource credit = new();
        link.RegisterCreditListener((_, _, _) => credit.TrySetResult());
        if (link.LinkCredit > 0)
        {
            credit.TrySetResult();
        }

        return credit.Task;
    }
}
