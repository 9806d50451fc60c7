using Crowsnest.Core.Feeds;

namespace Crowsnest.Core.Tests.Feeds;

/// <summary>Three days without a model are a fault, and one fault.</summary>
public sealed class TrainingTryTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 3, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Judge_DailyTriesInVain_IsTheSameFaultFromTheThirdDay()
    {
        TrainingTry tried = TrainingTry.After(null, Start, "");
        for (int day = 1; day <= 5; day++)
        {
            tried = TrainingTry.After(tried, Start.AddDays(day), $"reason {day}");
            FeedFault? fault = tried.Judge("c", Start.AddDays(day));

            Assert.Equal(day >= 3, fault is not null);
            Assert.Equal(day >= 3 ? Start : null, fault?.Since);
            Assert.Contains($"reason {day}", tried.Say(), StringComparison.Ordinal);
        }

        Assert.Null(TrainingTry.After(tried, Start.AddDays(6), "").Judge("c", Start.AddDays(6)));
    }

    [Fact]
    public void Judge_NotTriedAnyMore_SaysSo() => Assert.Contains(
        "not tried again", TrainingTry.After(null, Start, "").Judge("c", Start.AddDays(3))!.What, StringComparison.Ordinal);

    [Fact]
    public void ToDetection_LongestReason_IsTheSameDetection()
    {
        string One(string fault) => TrainingTry.After(null, Start, fault).Judge("c", Start.AddDays(4))!.ToDetection().Id;

        Assert.Equal(One("a"), One("b"));
    }
}
