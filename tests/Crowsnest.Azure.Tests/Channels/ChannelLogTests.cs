using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Crowsnest.Azure.Channels;
using Crowsnest.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crowsnest.Azure.Tests.Channels;

/// <summary>The address of a channel is its credential: whoever reads the logs must not be able to post.</summary>
public sealed class ChannelLogTests
{
    private const string Path = "services/path-that-is-secret";

    [Theory]
    [InlineData("HTTP/1.1 200 OK")]
    [InlineData("HTTP/1.1 503 Busy")]
    [InlineData(null)]
    public async Task Send_AtEveryLevelAndOutcome_LogsAndTracesNoAddress(string? answer)
    {
        ConcurrentQueue<string> said = [];
        using ActivityListener listener = new()
        {
            ShouldListenTo = static _ => true,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => said.Enqueue(string.Join(' ', activity.TagObjects.Select(static tag => $"{tag.Key}={tag.Value}"))),
        };
        ActivitySource.AddActivityListener(listener);
        using TcpListener server = new(IPAddress.Loopback, 0);
        server.Start();
        int port = ((IPEndPoint)server.LocalEndpoint).Port;
        Task serving = answer is null ? Task.CompletedTask : ServeAsync(server, answer);
        if (answer is null)
        {
            server.Stop();
        }

        ServiceCollection services = new();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new Recorder(said)));
        ChannelHttp.Add(services, "hook");
        await using ServiceProvider provider = services.BuildServiceProvider();
        WebhookChannelOptions options = new() { Name = "hook", Kind = ChannelKind.Slack, Url = $"http://127.0.0.1:{port}/{Path}" };
        WebhookChannel channel = new(provider.GetRequiredService<IHttpClientFactory>(), options, TimeProvider.System);

        Delivery delivery = await channel.SendAsync(SampleIncident.Alert(), TestContext.Current.CancellationToken);

        Assert.DoesNotContain(Path, delivery.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(said, static line => line.Contains(Path, StringComparison.Ordinal));
        server.Stop();
        await serving;
    }

    private static async Task ServeAsync(TcpListener server, string answer)
    {
        try
        {
            while (true)
            {
                using TcpClient client = await server.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
                await client.GetStream().ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken);
                await client.GetStream().WriteAsync(
                    Encoding.ASCII.GetBytes($"{answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), TestContext.Current.CancellationToken);
            }
        }
        catch (Exception ended) when (ended is SocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The test is over.
        }
    }

    private sealed class Recorder(ConcurrentQueue<string> said) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            said.Enqueue($"{state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            said.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
