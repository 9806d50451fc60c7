using System.Text;
using Azure.Messaging.EventHubs;
using Crowsnest.LocalHost.Replay;
using Microsoft.Extensions.Time.Testing;

namespace Crowsnest.LocalHost.Tests.Replay;

public sealed class FileFollowerTests : IDisposable
{
    private LogBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Poll_LogThatGrows_GivesWholeLinesOnce()
    {
        _bench.Append("one\r\n\ntw");
        await _bench.PollAsync(3);
        _bench.Append("o");
        await _bench.PollAsync();
        _bench.Append("\nthree\n");
        await _bench.PollAsync();

        Assert.Equal(["one", "two", "three"], _bench.Lines);
        Assert.Empty(_bench.Said);
    }

    [Fact]
    public async Task Poll_NoLogYet_SaysItOnceAndWaits()
    {
        await _bench.SettleAsync();
        _bench.Append("one\n");
        await _bench.PollAsync();

        Assert.Equal(["one"], _bench.Lines);
        Assert.Contains("There is no", Assert.Single(_bench.Said), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Rotation.Lumberjack)]
    [InlineData(Rotation.Numbered)]
    public async Task Poll_FirstStart_ReadsTheLogAndNotWhatWasRotatedBefore(Rotation rotation)
    {
        Use(rotation);
        Rotate("before\n", "long before\n");
        _bench.Compress(0);
        _bench.Append("one\n");
        await _bench.SettleAsync();

        Assert.Equal(["one"], _bench.Lines);
    }

    [Fact]
    public async Task Poll_FirstStartAndRotatedBeforeAnythingWasAccepted_LeavesNothingOut()
    {
        Rotate("before\n");
        _bench.Append("on");
        await _bench.PollAsync();
        _bench.Kill();
        Rotate("e\n");
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

        Rotate("two\n", "three\n", "four\n");
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
        _bench.During.Enqueue(() => Rotate("two\n"));
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
        Rotate("");
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
        Rotate("");
        await _bench.SettleAsync();
        _bench.Append("o\n", _bench.Rotated[0]);
        await _bench.PollAsync();
        _bench.Append("three\n", _bench.Rotated[0]);
        _bench.Append("four\n");
        await _bench.SettleAsync();

        Assert.Equal(["one", "two", "three", "four"], _bench.Lines);
    }

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
        Rotate("before\n");
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
        Rotate("before\n");
        _bench.Append("one\n");
        await _bench.SettleAsync();
        _bench.Kill();
        File.Delete(_bench.Log);
        _bench.Append("two\n");
        await _bench.SettleAsync();

        Assert.Equal(["one", "two"], _bench.Lines);
        Assert.Single(_bench.Said);
    }

    [Fact]
    public async Task Poll_OldestFilesRemovedWhileStopped_GoesOnWithTheOldestThatIsLeft()
    {
        _bench.Append("one\n");
        await _bench.PollAsync();
        _bench.Kill();
        Rotate("gone\n", "gone too\n", "four\n", "five\n");
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
        Rotate("two\n");
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

        Rotate("two\n");
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
        Rotate("three\n");
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
            Rotate("two\n", "three\n");
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

    [Fact]
    public async Task Poll_FileThatIsJustBeingUnpacked_IsReadToItsEndOnlyThen()
    {
        _bench.Append("one\n");
        await _bench.PollAsync();
        Rotate("two\nthree\n", "four\n");
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
        Rotate(string.Concat(Enumerable.Range(0, 2000).Select(static i => $"line {i * 7919 % 2003}\n")));
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
        Rotate("two\n", string.Concat(Enumerable.Range(0, 2000).Select(static i => $"line {i * 7919 % 2003}\n")));
        _bench.Compress(1, part: 0.6);
        File.Delete(_bench.Rotated[1]);
        _bench.Append("last\n");
        await _bench.PollAsync(LogSearch.Patience + RotatedSet.Settled);

        Assert.Equal(["one", "two", "line 0"], _bench.Lines.Take(3));
        Assert.InRange(_bench.Lines.Count, 100, 1900);
        Assert.Equal("last", _bench.Lines[^1]);
        Assert.Contains("can't be read to its end", Assert.Single(_bench.Said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Poll_LogThatCannotBeRead_SaysItOnceAndGoesOn()
    {
        _bench.Append("one\n");
        using (FileStream locked = new(_bench.Log, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            await _bench.PollAsync(3);
        }

        await _bench.PollAsync();

        Assert.Equal(["one"], _bench.Lines);
        Assert.Contains("can't be read", Assert.Single(_bench.Said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Poll_LineLongerThanLinesMayBe_ComesInPiecesAndNothingIsLeftOut()
    {
        const string Mark = "... ";
        string line = string.Concat(Enumerable.Range(0, 1000));
        _bench.Limits = new LogLimits(BatchSize: 100, LongestLine: 1000);
        _bench.Append("one\n" + line + "\nthree\n");
        await _bench.PollAsync();

        Assert.Equal("one", _bench.Lines[0]);
        string[] pieces = [.. _bench.Lines.Skip(1).SkipLast(1)];
        Assert.All(pieces.Skip(1), static piece => Assert.StartsWith(Mark, piece, StringComparison.Ordinal));
        Assert.Equal(line, pieces[0] + string.Concat(pieces.Skip(1).Select(static piece => piece[Mark.Length..])));
        Assert.All(pieces, static piece => Assert.InRange(piece.Length, 1, 1000 + Mark.Length));
        Assert.Equal("three", _bench.Lines[^1]);
    }

    [Fact]
    public async Task Poll_LinesNotAccepted_GivesThemAgain()
    {
        _bench.KillBeforeAccepted = true;
        _bench.Append("one\n");
        await _bench.PollAsync(2);

        Assert.Equal(["one"], _bench.Lines);
    }

    [Fact]
    public async Task Run_HubIsAway_SaysItOnceAndSendsWhenItIsBack()
    {
        List<string> lines = [];
        int tries = 0;
        FakeTimeProvider clock = new();
        _bench.Append("one\n");
        FollowPlaceFile places = new(_bench.DataFolder, _bench.Log, static _ => { });
        using FileFollower follower = new(_bench.Log, places, Use, _bench.Said.Add, clock);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task running = follower.RunAsync(stop.Token);
        while (lines.Count == 0)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, stop.Token);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(["one"], lines);
        Assert.Contains("tried again", Assert.Single(_bench.Said), StringComparison.Ordinal);

        Task Use(IReadOnlyList<ReadOnlyMemory<byte>> some, FollowPlace place, CancellationToken cancellationToken)
        {
            if (++tries < 3)
            {
                throw new EventHubsException(isTransient: true, "hub", "nobody listens");
            }

            lines.AddRange(some.Select(static line => Encoding.UTF8.GetString(line.Span)));
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Poll_PlaceFileRemoved_GoesOnFromTheConfirmedPlace()
    {
        _bench.Append("one\n");
        await _bench.PollAsync();
        _bench.Kill();
        Directory.Delete(_bench.DataFolder, recursive: true);
        Rotate("two\n");
        _bench.Append("three\n");
        await _bench.SettleAsync();

        Assert.Equal(["one", "two", "three"], _bench.Lines);
    }

    [Theory]
    [InlineData(Rotation.Lumberjack)]
    [InlineData(Rotation.Numbered)]
    [InlineData(Rotation.Dated)]
    public async Task Poll_KilledAtAnyPoint_GivesEachLineOnce(Rotation rotation)
    {
        (LogCourse.Act, int)[] course =
        [
            (LogCourse.Act.AppendMuch, 20), (LogCourse.Act.Poll, 0), (LogCourse.Act.AppendHalf, 0), (LogCourse.Act.Append, 9),
            (LogCourse.Act.Poll, 0), (LogCourse.Act.Append, 5), (LogCourse.Act.Rotate, 0), (LogCourse.Act.AppendMuch, 7),
            (LogCourse.Act.Poll, 0), (LogCourse.Act.CopyTruncate, 0), (LogCourse.Act.Compress, 0), (LogCourse.Act.Append, 3),
            (LogCourse.Act.Settle, 0), (LogCourse.Act.AppendHalf, 0), (LogCourse.Act.Rotate, 0), (LogCourse.Act.AppendMuch, 1),
            (LogCourse.Act.Compress, 1), (LogCourse.Act.Settle, 0), (LogCourse.Act.Append, 2),
        ];
        foreach (LogCourse.Act kill in new[] { LogCourse.Act.Kill, LogCourse.Act.KillBeforeAccepted, LogCourse.Act.KillBeforeStored })
        {
            for (int at = 0; at <= course.Length; at++)
            {
                using LogBench bench = new(rotation) { Limits = new LogLimits(BatchSize: 1 << 10) };
                LogCourse killed = new(bench);

                await killed.RunAsync([.. course[..at], (kill, 0), .. course[at..]]);

                Assert.Equal(killed.Expected, bench.Lines);
            }
        }
    }

    [Fact]
    public async Task Run_UntilCancelled_LooksAgainFourTimesASecond()
    {
        FakeTimeProvider clock = new();
        using CancellationTokenSource stopping = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        List<string> lines = [];
        using FileFollower follower = new(
            _bench.Log,
            _bench.Places(),
            (batch, _, _) =>
            {
                lines.AddRange(batch.Select(static line => Encoding.UTF8.GetString(line.Span)));
                return Task.CompletedTask;
            },
            _bench.Said.Add,
            clock);
        _bench.Append("one\n");
        Task running = follower.RunAsync(stopping.Token);
        await UntilAsync(() => lines.Count == 1);
        _bench.Append("two\n");
        await UntilAsync(() => lines.Count == 2);
        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(["one", "two"], lines);

        async Task UntilAsync(Func<bool> isSo)
        {
            while (!isSo())
            {
                clock.Advance(TimeSpan.FromMilliseconds(250));
                await Task.Yield();
            }
        }
    }

    private void Use(Rotation rotation)
    {
        _bench.Dispose();
        _bench = new LogBench(rotation);
    }

    private void Rotate(params string[] contents)
    {
        foreach (string content in contents)
        {
            _bench.Append(content);
            _bench.Rotate();
        }
    }
}
