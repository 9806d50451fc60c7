using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Crowsnest.Azure.Storage;
using Crowsnest.LocalHost.Http;
using Crowsnest.LocalHost.Processes;
using Crowsnest.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Crowsnest.LocalHost.Tests.EndToEnd;

/// <summary>Storage is away when everything starts, and again in the middle of an attack, for longer than any retry lasts.</summary>
[Collection(LocalStackFixture.OneAtATime)]
public sealed class OutageTests(LocalStackFixture fixture) : IAsyncLifetime
{
    private const int Messages = 160;

    private static readonly DateTimeOffset Arrival = new(2026, 10, 1, 9, 30, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("crowsnest-outage-").FullName;
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private readonly CancellationTokenSource _stopped = new();
    private readonly int[] _ports = AzuriteProcess.FreePorts(3);
    private AzuriteProcess? _azurite;
    private LocalStack? _stack;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        await (_stack?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_azurite?.DisposeAsync() ?? ValueTask.CompletedTask);
        _stopped.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task StorageAway_AtTheStartAndForTenMinutes_OnlyDelays()
    {
        // The busiest part of the day.
        List<ReadOnlyMemory<byte>> messages = (await Steps.RecordedAttackAsync("OUTAGE"))[200..(200 + Messages)];
        int failures = 0;
        LocalHostOptions options = LocalStackFixture.Options(_folder) with
        {
            Settings = new Dictionary<string, string>
            {
                [StorageClients.HostConnection] = AzuriteProcess.ConnectionStringOf(_ports),
                ["Crowsnest__FirstDays"] = "0",
                ["Crowsnest__Webhook__Secret"] = LocalStackFixture.WebhookSecret,
                ["Crowsnest__Webhook__SecretForAll"] = "true",
            },
        };
        _ = PassTimeAsync();
        LocalStack stack = _stack = await LocalStack.StartAsync(
            options,
            _clock,
            line => Interlocked.Add(ref failures, line.Contains("failed on partition", StringComparison.Ordinal) ? 1 : 0),
            Cancellation);
        await CheckHttpAsync(stack, options.HttpPort);

        await StartStorageAsync();
        await Steps.SendAsync(stack.Emulators.Hub, messages[..(Messages / 2)]);
        await Steps.DealtWithAsync(stack);

        await _azurite!.DisposeAsync();
        DateTimeOffset away = _clock.GetUtcNow();
        await Steps.SendAsync(stack.Emulators.Hub, messages[(Messages / 2)..]);
        while (Volatile.Read(ref failures) < 2 || _clock.GetUtcNow() - away < TimeSpan.FromMinutes(10))
        {
            await Task.Delay(20, Cancellation);
        }

        await StartStorageAsync();
        await Steps.DealtWithAsync(stack);

        // The same as without an outage, and nothing twice.
        await fixture.SendAsync(messages, batchSize: 64, first: 1, partition: 0, Arrival);
        string[] expected = await Steps.ShapesAsync(fixture.Stack.Storage, "outage-");
        Assert.NotEmpty(expected);
        Assert.Equal(expected, await Steps.ShapesAsync(stack.Storage, "outage-"));
        Assert.Equal(0, stack.LostBatches);
    }

    // A function that threw never answers by itself: the host does.
    private static async Task CheckHttpAsync(LocalStack stack, int port)
    {
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}/api/") };
        client.DefaultRequestHeaders.Add(HostKeys.Header, stack.Keys.Default);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", LocalStackFixture.WebhookSecret);

        Task<HttpResponseMessage> asked = client.GetAsync(new Uri("investigate/days", UriKind.Relative), Cancellation);
        using ByteArrayContent body = new(Encoding.UTF8.GetBytes(new EventJson().ToString()));
        using HttpResponseMessage posted = await client.PostAsync(new Uri("webhook/any", UriKind.Relative), body, Cancellation);
        using HttpResponseMessage answer = await asked;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, posted.StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsStringAsync(Cancellation));
    }

    private async Task StartStorageAsync()
    {
        string tools = await AzuriteInstaller.EnsureAsync(Path.Combine(RepositoryFiles.Root, ".local"), static _ => { }, Cancellation);
        string data = Directory.CreateDirectory(Path.Combine(_folder, "storage")).FullName;
        _azurite = await AzuriteProcess.StartAsync(tools, data, Path.Combine(_folder, "azurite.log"), Cancellation, _ports);
    }

    // Time passes a hundred times as fast for the host; the app's own clock is the real one.
    private async Task PassTimeAsync()
    {
        while (!_stopped.IsCancellationRequested)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
