using Crowsnest.LocalHost.Replay;

namespace Crowsnest.LocalHost.Tests.Replay;

public sealed class MessageSourceTests
{
    [Theory]
    [InlineData("{\"a\":1}\n{\"b\":2}\n", 2)]
    [InlineData("{\"a\":1}\r\n{\"b\":2}", 2)]
    [InlineData("{\n  \"records\": [\n    1\n  ]\n}\n", 1)]
    [InlineData("not json\n{\"b\":2}\n", 2)]
    public async Task Read_File_GivesAMessageALineOrDocument(string content, int expected)
    {
        string path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, content, TestContext.Current.CancellationToken);

        int count = 0;
        await foreach (ReadOnlyMemory<byte> message in MessageLines.ReadAsync(path, static _ => { }, TestContext.Current.CancellationToken))
        {
            Assert.False(message.IsEmpty);
            count++;
        }

        Assert.Equal(expected, count);
    }
}
