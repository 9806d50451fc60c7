using Crowsnest.Core.Scoring;

namespace Crowsnest.Core.Tests.Scoring;

public sealed class CalibrationTests
{
    private static readonly Calibration Week = new([.. Enumerable.Range(1, 700).Select(static i => (float)i)], 7);

    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 100)]
    [InlineData(351, 50)]
    [InlineData(631, 10)]
    public void ExpectedPerDay_WithinWhatWasSeen_IsCounted(double score, double expected) =>
        Assert.Equal(expected, Week.ExpectedPerDay(score), 0.01);

    [Fact]
    public void ExpectedPerDay_MoreUnusual_IsNeverMoreOften()
    {
        double before = double.PositiveInfinity;
        for (double score = 0; score < 5_000; score += 0.5)
        {
            double expected = Week.ExpectedPerDay(score);
            Assert.True(expected <= before && expected > 0, $"at {score}: {expected} after {before}");
            before = expected;
        }
    }

    [Fact]
    public void ExpectedPerDay_WithoutCalibration_CallsNothingRare() =>
        Assert.Equal(double.PositiveInfinity, new Calibration([], 7).ExpectedPerDay(1e9));
}
