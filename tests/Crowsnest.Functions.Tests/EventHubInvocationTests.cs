using System.Text;
using System.Text.Json;
using Crowsnest.Core.Intake;
using Crowsnest.Functions.Invocation;
using Crowsnest.Testing;

namespace Crowsnest.Functions.Tests;

/// <summary>Bodies as the host's own serialiser writes them.</summary>
public sealed class EventHubInvocationTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 2, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("binary")]
    [InlineData("string")]
    [InlineData("object")]
    public void Read_BodyOfTheHost_GivesMessagesAndTheirPlace(string dataType)
    {
        EventHubInvocation invocation = Read(File.ReadAllText(RepositoryFiles.Fixture($"host/customhandler_eventhub_{dataType}.json")));

        Assert.Equal("0", invocation.Partition);
        Assert.Equal([1234L, 1235L], invocation.Messages.Select(static message => message.SequenceNumber));
        Assert.All(invocation.Messages, static message =>
        {
            Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 6, 789, TimeSpan.Zero), message.EnqueuedTime);
            Assert.StartsWith("{\"records\":[", Encoding.UTF8.GetString(message.Body.Span), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Read_NoMetadata_StillGivesMessagesWithAPlaceFromTheirContent()
    {
        string body = "{\"Data\":{\"events\":\"[\\\"e30=\\\"]\"}}";

        EventHubInvocation first = Read(body);
        EventHubInvocation second = Read(body);

        HubMessage message = Assert.Single(first.Messages);
        Assert.Equal("{}", Encoding.UTF8.GetString(message.Body.Span));
        Assert.Equal(Now, message.EnqueuedTime);
        Assert.Equal(message.SequenceNumber, second.Messages[0].SequenceNumber);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"Data":{"events":"nonsense"},"Metadata":null}""")]
    [InlineData("""{"Data":{"events":null},"Metadata":{"SequenceNumberArray":7,"PartitionContext":"x"}}""")]
    public void Read_UnknownShape_IsAnEmptyBatch(string body) => Assert.Empty(Read(body).Messages);

    [Fact]
    public void Text_QueueMessageQuotedTwice_IsUnwrapped()
    {
        using JsonDocument body = JsonDocument.Parse(File.ReadAllText(RepositoryFiles.Fixture("host/customhandler_queue.json")));

        JsonElement data = HostValue.Child(body.RootElement, "Data");
        JsonElement metadata = HostValue.Child(body.RootElement, "Metadata");

        Assert.Equal("{ \"a\": 1 }", HostValue.Text(data, "msg"));
        Assert.Equal("800ae4b3", HostValue.Text(metadata, "Id"));
    }

    private static EventHubInvocation Read(string body)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        return EventHubInvocation.Read(document.RootElement, Now);
    }
}
