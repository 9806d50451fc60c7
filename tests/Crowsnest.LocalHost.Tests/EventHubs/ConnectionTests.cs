using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Producer;
using Crowsnest.LocalHost.EventHubs;

namespace Crowsnest.LocalHost.Tests.EventHubs;

/// <summary>Beginnings and ends of connections, wanted and unwanted.</summary>
public sealed class ConnectionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_PortInUse_NamesThePortAndTheOption()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        EventHubBrokerOptions options = TestHub.OptionsFor("never made") with { Port = port };

        LocalHostException refused = await Assert.ThrowsAsync<LocalHostException>(
            () => EventHubBroker.StartAsync(options, TimeProvider.System, Cancellation));

        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"port {port} is in use"), refused.Message, StringComparison.Ordinal);
        Assert.Contains("--hub-port", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_PortOfAnotherBroker_IsRefused()
    {
        await using TestHub hub = await TestHub.StartAsync();
        EventHubBrokerOptions options = TestHub.OptionsFor("never made") with { Port = hub.Broker.Port };

        await Assert.ThrowsAsync<LocalHostException>(() => EventHubBroker.StartAsync(options, TimeProvider.System, Cancellation));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    public async Task Connect_EitherAddressOfLoopback_IsAnswered(string host)
    {
        Assert.SkipUnless(host[0] != '[' || Socket.OSSupportsIPv6, "no IPv6 here");
        await using TestHub hub = await TestHub.StartAsync();

        await using EventHubProducerClient producer = new(
            hub.ConnectionString.Replace("localhost", host, StringComparison.Ordinal));

        await producer.SendAsync([new EventData("a")], Cancellation);

        Assert.Equal(["a"], await hub.TextsAsync(EventPosition.Earliest, 1));
    }

    [Fact]
    public async Task Restart_OnTheSamePort_RunningClientsGoOn()
    {
        await using TestHub hub = await TestHub.StartAsync();
        await using EventHubProducerClient producer = hub.Producer();
        await using PartitionReceiver receiver = hub.Receiver(EventPosition.Earliest);
        await producer.SendAsync([new EventData("before")], Cancellation);
        await TestHub.ReceiveAsync(receiver, 1);

        await hub.StopAsync();
        await hub.RestartAsync();
        await producer.SendAsync([new EventData("after")], Cancellation);

        Assert.Equal("after", Assert.Single(await TestHub.ReceiveAsync(receiver, 1)).EventBody.ToString());
    }

    [Fact]
    public async Task Dispose_WithClients_IsQuick()
    {
        await using TestHub hub = await TestHub.StartAsync(partitions: 4);
        await using EventHubProducerClient producer = hub.Producer();
        await producer.SendAsync([new EventData("a")], new SendEventOptions { PartitionId = "0" }, Cancellation);
        await using PartitionReceiver reading = hub.Receiver(EventPosition.Earliest);
        await TestHub.ReceiveAsync(reading, 1);
        using Socket silent = await ConnectAsync(hub);
        long started = Stopwatch.GetTimestamp();

        await hub.StopAsync();

        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(5), $"{Stopwatch.GetElapsedTime(started)}");
        await AssertEndedAsync(silent);
        await hub.StopAsync();
    }

    [Fact]
    public async Task Dispose_ClientDoesNotAnswer_IsQuickAllTheSame()
    {
        await using TestHub hub = await TestHub.StartAsync();
        await hub.SendAsync(["a"]);
        await using Relay relay = new(hub.Broker.Port);
        await using PartitionReceiver frozen = ReceiverThrough(hub, relay);
        await TestHub.ReceiveAsync(frozen, 1);
        relay.Freeze();
        long started = Stopwatch.GetTimestamp();

        await hub.StopAsync();

        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(5), $"{Stopwatch.GetElapsedTime(started)}");
    }

    [Fact]
    public async Task Connect_WithAnotherProtocol_IsTurnedAwayAndOthersAreServed()
    {
        await using TestHub hub = await TestHub.StartAsync();
        using Socket browser = await ConnectAsync(hub);

        await browser.SendAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), Cancellation);
        await hub.SendAsync(["a"]);

        Assert.Equal(["a"], await hub.TextsAsync(EventPosition.Earliest, 1));
    }

    [Fact]
    public async Task Read_ClientVanishes_ItsPartitionIsFree()
    {
        await using TestHub hub = await TestHub.StartAsync();
        await hub.SendAsync(["a"]);
        await using Relay relay = new(hub.Broker.Port);
        await using PartitionReceiver owner = ReceiverThrough(hub, relay);
        await TestHub.ReceiveAsync(owner, 1);

        relay.Cut();

        Assert.Equal("a", (await ReadAsSoonAsFreeAsync(hub)).EventBody.ToString());
    }

    private static PartitionReceiver ReceiverThrough(TestHub hub, Relay relay) => new(
        EventHubConsumerClient.DefaultConsumerGroupName,
        "0",
        EventPosition.Earliest,
        hub.ConnectionString.Replace($":{hub.Broker.Port}", $":{relay.Port}", StringComparison.Ordinal),
        new PartitionReceiverOptions { OwnerLevel = 9 });

    // The broker hears of the cut from its operating system, at about the same time as the next reader comes.
    private static async Task<EventData> ReadAsSoonAsFreeAsync(TestHub hub)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            await using PartitionReceiver next = hub.Receiver(EventPosition.Earliest, ownerLevel: 1);
            try
            {
                return (await TestHub.ReceiveAsync(next, 1))[0];
            }
            catch (EventHubsException refused) when (refused.Reason == EventHubsException.FailureReason.ConsumerDisconnected
                && Stopwatch.GetElapsedTime(started) < TestHub.Patience)
            {
                // Still taken.
            }
        }
    }

    private static async Task AssertEndedAsync(Socket socket)
    {
        try
        {
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1], SocketFlags.None, Cancellation));
        }
        catch (SocketException reset)
        {
            Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        }
    }

    private static async Task<Socket> ConnectAsync(TestHub hub)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, hub.Broker.Port, Cancellation);
        return socket;
    }
}
