using System.Text;
using System.Text.Json;
using Azure.Messaging.EventHubs.Consumer;
using Crowsnest.LocalHost.EventHubs;
using Crowsnest.Testing;

namespace Crowsnest.Cli.Tests.Commands;

/// <summary><c>crowsnest send</c>, to a hub on this machine.</summary>
public sealed class SendCommandTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("crowsnest-send-").FullName;
    private EventHubBroker _hub = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _hub = await EventHubBroker.StartAsync(
        new EventHubBrokerOptions { HubName = "audit", DataFolder = Path.Combine(_folder, "hub") }, TimeProvider.System, Cancellation);

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Send_RawEvents_ArriveInTheEnvelopeOfAks()
    {
        string file = Path.Combine(_folder, "events.jsonl");
        string[] events = [.. Enumerable.Range(0, 45).Select(static i => new EventJson { AuditId = $"sent-{i}" }.ToString())];
        await File.WriteAllLinesAsync(file, [.. events, "no event"], Cancellation);

        (int code, _, string errors) = await CommandLine.RunAsync("send", file, "--to", _hub.ConnectionString, "--cluster", "Shop-1");

        Assert.True(code == 0, errors);
        Assert.Contains("Sent 45 records in 3 messages to audit", errors, StringComparison.Ordinal);
        Assert.Contains("1 records could not be read", errors, StringComparison.Ordinal);
        JsonElement[] records = await ReadAsync(45);
        Assert.All(records, static record =>
        {
            Assert.Equal("kube-audit", record.GetProperty("category").GetString());
            Assert.EndsWith("/MANAGEDCLUSTERS/SHOP-1", record.GetProperty("resourceId").GetString(), StringComparison.Ordinal);
        });
        Assert.Equal(
            events.Order(StringComparer.Ordinal),
            records
                .Select(static record => record.GetProperty("properties").GetProperty("log").GetString()!.TrimEnd('\n'))
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Send_RecordsOfAks_KeepTheirEnvelope()
    {
        string file = Path.Combine(_folder, "records.json");
        string record = new EventJson { AuditId = "kept" }.ToAksRecord();
        await File.WriteAllTextAsync(file, $$"""{"records":[{{record}}]}""", Cancellation);

        (int code, _, string errors) = await CommandLine.RunAsync("send", file, "--to", _hub.ConnectionString, "--rate", "1000");

        Assert.True(code == 0, errors);
        Assert.Equal(record, Assert.Single(await ReadAsync(1)).GetRawText());
    }

    [Theory]
    [InlineData("nonsense", "--to can't be used")]
    [InlineData("Endpoint=sb://localhost:1;SharedAccessKeyName=a;SharedAccessKey=b;UseDevelopmentEmulator=true", "has no EntityPath")]
    public async Task Send_NoHub_SaysWhatToGive(string to, string expected)
    {
        (int code, _, string errors) = await CommandLine.RunAsync("send", RepositoryFiles.Sample, "--to", to);

        Assert.Equal(2, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_HubOfAnotherName_SaysSo()
    {
        string other = _hub.ConnectionString.Replace("EntityPath=audit", "EntityPath=other", StringComparison.Ordinal);

        (int code, _, string errors) = await CommandLine.RunAsync("send", RepositoryFiles.Sample, "--to", other);

        Assert.Equal(2, code);
        Assert.Contains("other of localhost does not take the events after 0 messages", errors, StringComparison.Ordinal);
    }

    private async Task<JsonElement[]> ReadAsync(int count)
    {
        List<JsonElement> records = [];
        await using EventHubConsumerClient consumer = new(EventHubConsumerClient.DefaultConsumerGroupName, _hub.ConnectionString);
        await foreach (PartitionEvent one in consumer.ReadEventsAsync(Cancellation))
        {
            using JsonDocument message = JsonDocument.Parse(Encoding.UTF8.GetString(one.Data.EventBody));
            records.AddRange(message.RootElement.GetProperty("records").EnumerateArray().Select(static record => record.Clone()));
            if (records.Count >= count)
            {
                break;
            }
        }

        return [.. records];
    }
}
