using System.Globalization;
using Crowsnest.LocalHost.Replay;
using CsCheck;

namespace Crowsnest.LocalHost.Tests.Replay;

/// <summary>Whatever is written, rotated, compressed and killed in whatever order: each line comes once, in order.</summary>
public sealed class FileFollowerPropertyTests
{
    // Writing and polling is what happens most of the time.
    private static readonly LogCourse.Act[] Acts =
    [
        .. Enum.GetValues<LogCourse.Act>(), LogCourse.Act.Append, LogCourse.Act.Append, LogCourse.Act.Append, LogCourse.Act.AppendHalf,
        LogCourse.Act.Poll, LogCourse.Act.Poll, LogCourse.Act.Poll, LogCourse.Act.Rotate, LogCourse.Act.Compress, LogCourse.Act.DuringNext,
        LogCourse.Act.AfterNextLook,
    ];

    private static long Courses =>
        AppContext.GetData("Crowsnest.Fuzz") is { } fuzz ? Convert.ToInt64(fuzz, CultureInfo.InvariantCulture) : 60;

    [Theory]
    [InlineData(Rotation.Lumberjack)]
    [InlineData(Rotation.Numbered)]
    [InlineData(Rotation.Dated)]
    public Task Poll_AnythingInAnyOrder_GivesEachLineOnce(Rotation rotation) =>
        Gen.Select(Gen.Int[0, Acts.Length - 1].Select(static i => Acts[i]), Gen.Int[0, 1000]).Array[1, 60].SampleAsync(
            async steps =>
            {
                using LogBench bench = new(rotation) { Limits = new LogLimits(BatchSize: 128, LongestLine: 1024) };
                LogCourse course = new(bench);

                await course.RunAsync(steps);

                Assert.Equal(course.Expected, bench.Lines);
            },
            iter: Courses,
            threads: 1,
            print: static steps => string.Join(' ', steps.Select(static step => $"{step.Item1}:{step.Item2}")));
}
