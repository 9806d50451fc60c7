using System.Text;
using Azure.Messaging.EventHubs;
using Crowsnest.LocalHost.Replay;
using Microsoft.Extensions.Time.Testing;

namespace Crowsnest.LocalHost.Tests.Replay;

/// <summary>A log that grows: each line once, whatever happens to the follower or the hub.</summary>
public sealed class FileFollowerTests : IDisposable
{
    private readonly LogBench _bench = new();

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
        _bench.Rotate("two\n");
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
}
