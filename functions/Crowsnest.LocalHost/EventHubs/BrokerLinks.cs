using System.Collections.Concurrent;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Amqp.Framing;
using Microsoft.Azure.Amqp.Transport;

namespace Crowsnest.LocalHost.EventHubs;

/// <summary>Attaches each link to what its address names, or refuses it.</summary>
internal sealed class BrokerLinks(HubStore hub, Action<string> say) : IRuntimeProvider
{
    // The client sends one message at a time; more are sent at once only by those who send side by side.
    private const uint SenderCredit = 64;

    private const string Epoch = "com.microsoft:epoch";
    private const string Filter = "apache.org:selector-filter:string";
    private const string TellLastEnqueued = "com.microsoft:enable-receiver-runtime-metric";
    private const string IdempotentProducer = "com.microsoft:idempotent-producer";

    private readonly HubManagement _management = new(hub);
    private readonly OwnerLevels _ownerLevels = new();
    private readonly ConcurrentDictionary<Task, bool> _pumps = new();

    /// <summary>Ends when no consumer is being sent messages any more.</summary>
    internal Task Idle => Task.WhenAll(_pumps.Keys);

    AmqpConnection IConnectionFactory.CreateConnection(
        TransportBase transport,
        ProtocolHeader protocolHeader,
        bool isInitiator,
        AmqpSettings amqpSettings,
        AmqpConnectionSettings connectionSettings) => throw new NotSupportedException();

    AmqpSession ISessionFactory.CreateSession(AmqpConnection connection, AmqpSessionSettings settings) =>
        throw new NotSupportedException();

    AmqpLink ILinkFactory.CreateLink(AmqpSession session, AmqpLinkSettings settings)
    {
        if (settings.Role == false)
        {
            return new SendingAmqpLink(session, settings);
        }

        // The client takes this as the limit of its batches; a link that sends more is closed.
        settings.MaxMessageSize = MessageIntake.LargestMessage;
        return new ReceivingAmqpLink(session, settings);
    }

    // What is thrown here is the reason that the client is given.
    IAsyncResult ILinkFactory.BeginOpenLink(AmqpLink link, TimeSpan timeout, AsyncCallback callback, object state)
    {
        if (link is ReceivingAmqpLink fromSender)
        {
            AttachSender(fromSender);
        }
        else
        {
            AttachConsumer((SendingAmqpLink)link);
        }

        TaskCompletionSource opened = new(state);
        opened.SetResult();
        callback(opened.Task);
        return opened.Task;
    }

    void ILinkFactory.EndOpenLink(IAsyncResult result)
    {
    }

    // Clients escape what stands in the path of a URI.
    private static string PathOf(Address? address) => Uri.UnescapeDataString($"{address}").Trim('/');

    private static EventSelector SelectorOf(Source source) =>
        source.FilterSet is not { } filters || !filters.TryGetValue(Filter, out object? filter) ? EventSelector.Newest
        : filter is DescribedType { Value: string text } ? EventSelector.Parse(text)
        : throw HubErrors.BadArgument("the selector is no text");

    private static long? EpochOf(AmqpLink link) =>
        link.Settings.Properties?.TryGetValue(Epoch, out object? level) == true && level is long number ? number : null;

    private static bool Wants(AmqpLink link, string capability) => link.Settings.DesiredCapabilities?.Contains(capability) == true;

    private void AttachSender(ReceivingAmqpLink link)
    {
        string path = PathOf((link.Settings.Target as Target)?.Address);
        if (HubManagement.IsNode(path))
        {
            _management.AttachRequests(link, path);
        }
        else if (Wants(link, IdempotentProducer))
        {
            throw HubErrors.NotImplemented("the local event hub has no idempotent publishing");
        }
        else
        {
            HubAddress address = HubAddress.Parse(path);
            PartitionLog? partition = hub.Find(address.Partition);
            if (!hub.IsCalled(address.Hub) || address.ConsumerGroup is not null || (partition is null && address.Partition is not null))
            {
                throw HubErrors.NotFound(path);
            }

            link.RegisterMessageListener(new MessageIntake(link, hub, partition, say).Take);
        }

        link.SetTotalLinkCredit(SenderCredit, applyNow: true, updateAutoFlow: true);
    }

    private void AttachConsumer(SendingAmqpLink link)
    {
        Source source = link.Settings.Source as Source ?? throw HubErrors.BadArgument("the link has no source");
        string path = PathOf(source.Address);
        if (HubManagement.IsNode(path))
        {
            _management.AttachAnswers(link);
            return;
        }

        HubAddress address = HubAddress.Parse(path);
        if (!hub.IsCalled(address.Hub)
            || address.ConsumerGroup is not { } group
            || !hub.HasConsumerGroup(group)
            || hub.Find(address.Partition) is not { } partition)
        {
            throw HubErrors.NotFound(path);
        }

        ReceiverPump pump = new(link, partition, SelectorOf(source), $"consumer group {group}", Wants(link, TellLastEnqueued));
        try
        {
            _ownerLevels.Enter($"{group}/{partition.Id}", link, EpochOf(link));
        }
        catch (AmqpException)
        {
            pump.Cancel();
            throw;
        }

        Task running = pump.RunAsync(say);
        _pumps[running] = true;
        _ = running.ContinueWith(ended => _pumps.TryRemove(ended, out _), TaskScheduler.Default);
    }
}
