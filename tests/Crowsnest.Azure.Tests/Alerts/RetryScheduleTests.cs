using Crowsnest.Azure.Alerts;

namespace Crowsnest.Azure.Tests.Alerts;

public sealed class RetryScheduleTests
{
    [Theory]
    [InlineData(1, null, 24, 36)]
    [InlineData(1, 300, 300, 330)]
    [InlineData(1, 86_400, 3600, 3630)]
    [InlineData(20, 10, 480, 720)]
    public void After_ReceiverWantsToBeLeftAlone_IsNoSooner(int attempt, int? wish, int least, int most)
    {
        foreach (double spread in new[] { 0, 0.5, 1 })
        {
            TimeSpan? pause = RetrySchedule.After(attempt, spread, wish is { } seconds ? TimeSpan.FromSeconds(seconds) : null);

            Assert.InRange(pause!.Value.TotalSeconds, least, most);
        }
    }

    [Fact]
    public void After_ADayOfTries_GivesUp() => Assert.Null(RetrySchedule.After(150, 0, TimeSpan.FromMinutes(1)));
}
