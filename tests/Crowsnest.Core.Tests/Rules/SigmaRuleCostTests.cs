using System.Diagnostics;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Rules;

/// <summary>What a rule costs grows with its size and that of the event, and no faster.</summary>
public sealed class SigmaRuleCostTests
{
    [Fact]
    [Trait("Category", "Slow")]
    public void LoadAndMatch_TenTimesAsManyTerms_TakesAboutTenTimesAsLong()
    {
        static void LoadAndMatch(int count)
        {
            string terms = string.Join(',', Enumerable.Range(0, count).Select(static i => $"'term{i}*x?{i}'"));
            RuleSet rules = RuleSet.Load([("many.yml", SigmaYaml.Rule($"s: {{'user.username|contains': [{terms}]}}\n  condition: s"))]);
            using EventView view = new(new EventJson { User = new string('a', 10_000) }.ToEvent());
            Assert.False(rules.Rules[0].IsMatch(view));
        }

        AssertGrowsTenfold(static () => Fastest(static () => LoadAndMatch(10_000)) / Fastest(static () => LoadAndMatch(1_000)));
    }

    [Theory]
    [InlineData("s: {'user.username|re': '(a+)+$'}", true)]
    [InlineData("s: {'user.username|re': '(a|aa)*b'}", false)]
    [InlineData("s: {'user.username|re': '(.*)(.*)(.*)(.*)(.*)x'}", false)]
    [InlineData("s: {user.username: 'a*a*a*a*a*a*a*a*a*a*a*b'}", false)]
    [InlineData("s: {user.username: 'a*a*a*a*a*a*a*a*a*a*a?b'}", false)]
    public void IsMatch_EvilPatternAndTenTimesTheText_TakesAboutTenTimesAsLong(string selection, bool expected)
    {
        RuleSet rules = RuleSet.Load([("evil.yml", SigmaYaml.Rule($"{selection}\n  condition: s"))]);

        double Match(int length)
        {
            using EventView view = new(new EventJson { User = new string('a', length) }.ToEvent());
            return Fastest(() => Assert.Equal(expected, rules.Rules[0].IsMatch(view)));
        }

        AssertGrowsTenfold(() => Match(200_000) / Match(20_000));
    }

    // Quadratic would be a hundred each time; a busy machine is slow once.
    private static void AssertGrowsTenfold(Func<double> ratio)
    {
        double[] ratios = new double[10];
        for (int i = 0; i < ratios.Length && (i == 0 || ratios[i - 1] >= 40); i++)
        {
            ratios[i] = ratio();
        }

        Assert.Contains(ratios, static one => one is > 0 and < 40);
    }

    // Seconds; of several tries, since anything else on the machine only ever adds to them.
    private static double Fastest(Action action)
    {
        action();
        return Enumerable.Range(0, 5).Min(_ =>
        {
            long started = Stopwatch.GetTimestamp();
            action();
            return Stopwatch.GetElapsedTime(started).TotalSeconds;
        });
    }
}
