using System.Text;
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
        await foreach (ReadOnlyMemory<byte> message in MessageLines.ReadAsync(path, TestContext.Current.CancellationToken))
        {
            Assert.False(message.IsEmpty);
            count++;
        }

        Assert.Equal(expected, count);
    }

    [Fact]
    public async Task Follow_FileThatGrowsAndIsRotated_GivesWholeLinesOnce()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        string path = Path.GetTempFileName();
        FileFollower follower = new(path, TimeProvider.System);
        List<string> lines = [];
        Task Use(ReadOnlyMemory<byte> line)
        {
            lines.Add(Encoding.UTF8.GetString(line.Span));
            return Task.CompletedTask;
        }

        await File.WriteAllTextAsync(path, "one\ntw", cancellationToken);
        long position = await follower.ReadFromAsync(0, Use, cancellationToken);
        await File.AppendAllTextAsync(path, "o\nthree\n", cancellationToken);
        position = await follower.ReadFromAsync(position, Use, cancellationToken);
        await File.WriteAllTextAsync(path, "new\n", cancellationToken);
        await follower.ReadFromAsync(position, Use, cancellationToken);

        Assert.Equal(["one", "two", "three", "new"], lines);
    }
}
