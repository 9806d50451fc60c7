using Crowsnest.LocalHost.Replay;

namespace Crowsnest.LocalHost.Tests.Replay;

/// <summary>Rotated files that are packed, half packed or broken.</summary>
public sealed class FileFollowerCompressionTests : IDisposable
{
    private readonly LogBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Poll_FileThatIsJustBeingUnpacked_IsReadToItsEndOnlyThen()
    {
        _bench.Append("one\n");
        await _bench.PollAsync();
        _bench.Rotate("two\nthree\n", "four\n");
        _bench.Compress(0);
        string unpacked = _bench.Rotated[0][..^".gz".Length];
        _bench.Append("one\ntw", unpacked);
        await _bench.PollAsync(2);
        _bench.Append("o\nthree\n", unpacked);
        File.Delete(_bench.Rotated[0]);
        _bench.Append("five\n");
        await _bench.SettleAsync();

        Assert.Equal(["one", "two", "three", "four", "five"], _bench.Lines);
    }

    [Fact]
    public async Task Poll_CompressedFileThatIsStillWritten_IsReadToItsEndOnlyThen()
    {
        _bench.Append("one\n");
        await _bench.PollAsync();
        _bench.Kill();
        _bench.Rotate(string.Concat(Enumerable.Range(0, 2000).Select(static i => $"line {i * 7919 % 2003}\n")));
        _bench.Append("last\n");
        _bench.Compress(0, part: 0.6);
        File.Move(_bench.Rotated[0], _bench.DataFolder + ".away");
        await _bench.SettleAsync();
        Assert.DoesNotContain("last", _bench.Lines);

        File.Move(_bench.DataFolder + ".away", _bench.Rotated[0]);
        _bench.Compress(0);
        await _bench.SettleAsync();

        Assert.Equal(2002, _bench.Lines.Count);
        Assert.Equal("last", _bench.Lines[^1]);
        Assert.Empty(_bench.Said);
    }

    [Fact]
    public async Task Poll_CompressedFileThatStaysBroken_SaysSoAndGoesOn()
    {
        _bench.Append("one\n");
        await _bench.PollAsync();
        _bench.Kill();
        _bench.Rotate("two\n", string.Concat(Enumerable.Range(0, 2000).Select(static i => $"line {i * 7919 % 2003}\n")));
        _bench.Compress(1, part: 0.6);
        File.Delete(_bench.Rotated[1]);
        _bench.Append("last\n");
        await _bench.PollAsync(LogSearch.Patience + RotatedSet.Settled);

        Assert.Equal(["one", "two", "line 0"], _bench.Lines.Take(3));
        Assert.InRange(_bench.Lines.Count, 100, 1900);
        Assert.Equal("last", _bench.Lines[^1]);
        Assert.Contains("can't be read to its end", Assert.Single(_bench.Said), StringComparison.Ordinal);
    }
}
