using Crowsnest.LocalHost.Replay;

namespace Crowsnest.LocalHost.Tests.Replay;

/// <summary>A log that is renamed and made anew, and the files that it was before.</summary>
public sealed class FileFollowerRotationTests : IDisposable
{
    private LogBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(Rotation.Lumberjack)]
    [InlineData(Rotation.Numbered)]
    public async Task Poll_FirstStart_ReadsTheLogAndNotWhatWasRotatedBefore(Rotation rotation)
    {
        Use(rotation);
        _bench.Rotate("before\n", "long before\n");
        _bench.Compress(0);
        _bench.Append("one\n");
        await _bench.SettleAsync();

        Assert.Equal(["one"], _bench.Lines);
    }

    [Fact]
    public async Task Poll_FirstStartAndRotatedBeforeAnythingWasAccepted_LeavesNothingOut()
    {
        _bench.Rotate("before\n");
        _bench.Append("on");
        await _bench.PollAsync();
        _bench.Kill();
        _bench.Rotate("e\n");
        _bench.Append("two\n");
        await _bench.SettleAsync();

        Assert.Equal(["one", "two"], _bench.Lines);
    }

    [Theory]
    [InlineData(Rotation.Lumberjack, false)]
    [InlineData(Rotation.Numbered, false)]
    [InlineData(Rotation.Dated, false)]
    [InlineData(Rotation.Lumberjack, true)]
    [InlineData(Rotation.Numbered, true)]
    [InlineData(Rotation.Dated, true)]
    public async Task Poll_RotatedSeveralTimesAndCompressed_ReadsAllThatCameSince(Rotation rotation, bool isStopped)
    {
        Use(rotation);
        _bench.Append("one\n");
        await _bench.PollAsync();
        if (isStopped)
        {
            _bench.Kill();
        }

        _bench.Rotate("two\n", "three\n", "four\n");
        _bench.Compress(0);
        _bench.Compress(1);
        _bench.Append("five\n");
        await _bench.SettleAsync();

        Assert.Equal(["one", "two", "three", "four", "five"], _bench.Lines);
        Assert.Empty(_bench.Said);
    }

    [Fact]
    public async Task Poll_RotatedWhileLinesAreHandedOver_GoesOnInTheRotatedFile()
    {
        _bench.Limits = new LogLimits(BatchSize: 4);
        _bench.During.Enqueue(() => _bench.Rotate("two\n"));
        _bench.During.Enqueue(() => _bench.Append("three\n"));
        _bench.Append("one\n");
        await _bench.SettleAsync();

        Assert.Equal(["one", "two", "three"], _bench.Lines);
    }

    [Fact]
    public async Task Poll_HalfLineInARotatedFile_ComesWhenTheFileNoLongerGrows()
    {
        _bench.Append("one\nha");
        await _bench.PollAsync();
        _bench.Rotate("");
        await _bench.PollAsync(2);
        _bench.Append("lf", _bench.Rotated[0]);
        _bench.Append("two\n");
        await _bench.PollAsync(RotatedSet.Settled);
        Assert.Equal(["one"], _bench.Lines);

        await _bench.PollAsync();
        Assert.Equal(["one", "half", "two"], _bench.Lines);
    }

    [Fact]
    public async Task Poll_RotatedAndWriterStillAtTheOldFile_WaitsForIt()
    {
        _bench.Append("one\ntw");
        await _bench.PollAsync();
        _bench.Rotate("");
        await _bench.SettleAsync();
        _bench.Append("o\n", _bench.Rotated[0]);
        await _bench.PollAsync();
        _bench.Append("three\n", _bench.Rotated[0]);
        _bench.Append("four\n");
        await _bench.SettleAsync();

        Assert.Equal(["one", "two", "three", "four"], _bench.Lines);
    }

    [Fact]
    public async Task Poll_OldestFilesRemovedWhileStopped_GoesOnWithTheOldestThatIsLeft()
    {
        _bench.Append("one\n");
        await _bench.PollAsync();
        _bench.Kill();
        _bench.Rotate("gone\n", "gone too\n", "four\n", "five\n");
        _bench.Compress(2);
        _bench.Delete(0);
        _bench.Delete(0);
        _bench.Append("six\n");
        await _bench.SettleAsync();

        Assert.Equal(["one", "four", "five", "six"], _bench.Lines);
        Assert.Contains(_bench.Rotated[0], Assert.Single(_bench.Said), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(5000)]
    public async Task Poll_FilesThatBeginAlike_AreToldApartByWhatComesBeforeThePlace(int alike)
    {
        string start = new string('s', alike) + "\n";
        Use(Rotation.Numbered);
        _bench.Append(start + "one\n");
        await _bench.PollAsync();
        _bench.Kill();
        _bench.Rotate("two\n");
        _bench.Append(start + "three\nfour\n");
        await _bench.SettleAsync();

        Assert.Equal([start.Trim(), "one", "two", start.Trim(), "three", "four"], _bench.Lines);
        Assert.Empty(_bench.Said);
    }

    [Fact]
    public async Task Poll_NeighboursFilesInTheFolder_AreLeftAlone()
    {
        _bench.Append("one\n");
        await _bench.PollAsync();
        foreach (string name in new[] { "audit-policy.yaml", "audit-2.log", "audit-2-2026-11-26T01-02-03.000.log", "audit.log.bak" })
        {
            await File.WriteAllTextAsync(
                Path.Combine(Path.GetDirectoryName(_bench.Log)!, name), "not ours\n", TestContext.Current.CancellationToken);
        }

        _bench.Rotate("two\n");
        _bench.Append("three\n");
        await _bench.SettleAsync();

        Assert.Equal(["one", "two", "three"], _bench.Lines);
    }

    [Fact]
    public async Task Poll_MovedToAnotherNameByHand_IsFoundByItsContent()
    {
        _bench.Append("one\n");
        await _bench.PollAsync();
        _bench.Kill();
        _bench.Append("two\n");
        File.Move(_bench.Log, _bench.Log + ".old");
        _bench.Rotate("three\n");
        _bench.Append("four\n");
        await _bench.SettleAsync();

        Assert.Equal(["one", "two", "three", "four"], _bench.Lines);
        Assert.Empty(_bench.Said);
    }

    [Theory]
    [InlineData(Rotation.Lumberjack)]
    [InlineData(Rotation.Numbered)]
    public async Task Poll_RotatedRightAfterAnyLook_LeavesNoFileOut(Rotation rotation)
    {
        for (int looks = 0; looks < 16; looks++)
        {
            Use(rotation);
            _bench.Append("one\n");
            await _bench.PollAsync();
            _bench.Kill();
            _bench.Rotate("two\n", "three\n");
            _bench.Append("four\n");
            for (int i = 0; i < looks; i++)
            {
                _bench.AfterLook.Enqueue(static () => { });
            }

            _bench.AfterLook.Enqueue(() =>
            {
                _bench.Rotate();
                _bench.Append("five\n");
            });
            await _bench.SettleAsync(times: 2);

            Assert.Equal(["one", "two", "three", "four", .. _bench.AfterLook.Count > 0 ? [] : new[] { "five" }], _bench.Lines);
            Assert.Empty(_bench.Said);
        }
    }

    private void Use(Rotation rotation)
    {
        _bench.Dispose();
        _bench = new LogBench(rotation);
    }
}
