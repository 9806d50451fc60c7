using Crowsnest.LocalHost.Replay;

namespace Crowsnest.LocalHost.Tests.Replay;

/// <summary>A log that is copied and truncated, or removed.</summary>
public sealed class FileFollowerTruncationTests : IDisposable
{
    private LogBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("n\n", false)]
    [InlineData("n\n", true)]
    [InlineData("a line that is longer than what was there before\n", false)]
    [InlineData("a line that is longer than what was there before\n", true)]
    public async Task Poll_CopiedAndTruncated_GivesTheRestOfTheCopyAndWhatIsNew(string anew, bool isStopped)
    {
        Use(Rotation.Numbered);
        _bench.Append("one\n");
        await _bench.PollAsync();
        if (isStopped)
        {
            _bench.Kill();
        }

        _bench.Append("two\n");
        string copy = _bench.BeginCopy();
        await _bench.PollAsync(isStopped ? 0 : 2);
        _bench.Append("three\n");
        _bench.EndCopy(copy);
        _bench.Truncate();
        _bench.Append(anew);
        await _bench.SettleAsync();

        Assert.Equal(["one", "two", "three", anew.Trim()], _bench.Lines);
        Assert.Empty(_bench.Said);
    }

    [Fact]
    public async Task Poll_TruncatedAndWrittenAnewWhileItIsRead_GivesNoLineNobodyWrote()
    {
        Use(Rotation.Numbered);
        _bench.Limits = new LogLimits(BatchSize: 4);
        _bench.During.Enqueue(static () => { });
        _bench.During.Enqueue(() =>
        {
            _bench.CopyTruncate();
            _bench.Append("longer than what was read\nfour\n");
        });
        _bench.Append("one\ntwo\nthree\n");
        await _bench.SettleAsync();

        Assert.Equal(["one", "two", "three", "longer than what was read", "four"], _bench.Lines);
    }

    [Fact]
    public async Task Poll_CopyWithoutLinesAlreadyRead_SaysLinesMayBeMissingAndReadsNothingAgain()
    {
        Use(Rotation.Numbered);
        _bench.Append("one\n");
        string copy = _bench.BeginCopy();
        _bench.EndCopy(copy);
        _bench.Append("two\n");
        await _bench.PollAsync();
        _bench.Truncate();
        _bench.Append("three\n");
        await _bench.SettleAsync();

        Assert.Equal(["one", "two", "three"], _bench.Lines);
        Assert.Contains("lines may be missing", Assert.Single(_bench.Said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Poll_WriterGoesOnBehindAHole_GivesItsLinesWithoutTheHole()
    {
        Use(Rotation.Numbered);
        _bench.Limits = new LogLimits(BatchSize: 1 << 16, LongestLine: 1 << 17);
        _bench.Append("one\n");
        await _bench.PollAsync();
        _bench.CopyTruncate();
        using (FileStream log = new(_bench.Log, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            log.Position = 1 << 20;
            log.Write("two\nthree\n"u8);
        }

        await _bench.SettleAsync();

        Assert.Equal(["one", "two", "three"], _bench.Lines);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Poll_TruncatedWithoutACopy_SaysLinesMayBeMissingAndReadsWhatIsNew(bool isStopped)
    {
        _bench.Rotate("before\n");
        _bench.Append("one\n");
        await _bench.SettleAsync();
        if (isStopped)
        {
            _bench.Kill();
        }

        _bench.Truncate();
        _bench.Append("new, and longer than before\n");
        await _bench.SettleAsync();

        Assert.Equal(["one", "new, and longer than before"], _bench.Lines);
        Assert.Contains("lines may be missing", Assert.Single(_bench.Said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Poll_RemovedAndMadeAnewWhileRunning_ReadsTheRemovedFileToItsEnd()
    {
        _bench.Append("one\n");
        await _bench.PollAsync();
        _bench.Append("two\nhalf");
        File.Delete(_bench.Log);
        _bench.Append("three\n");
        await _bench.SettleAsync();

        Assert.Equal(["one", "two", "half", "three"], _bench.Lines);
        Assert.Empty(_bench.Said);
    }

    [Fact]
    public async Task Poll_RemovedAndMadeAnewWhileStopped_SaysLinesMayBeMissing()
    {
        _bench.Rotate("before\n");
        _bench.Append("one\n");
        await _bench.SettleAsync();
        _bench.Kill();
        File.Delete(_bench.Log);
        _bench.Append("two\n");
        await _bench.SettleAsync();

        Assert.Equal(["one", "two"], _bench.Lines);
        Assert.Single(_bench.Said);
    }

    private void Use(Rotation rotation)
    {
        _bench.Dispose();
        _bench = new LogBench(rotation);
    }
}
