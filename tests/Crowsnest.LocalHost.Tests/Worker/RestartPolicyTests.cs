using Crowsnest.LocalHost.Worker;
using Microsoft.Extensions.Time.Testing;

namespace Crowsnest.LocalHost.Tests.Worker;

/// <summary>When the real host starts a worker again.</summary>
public sealed class RestartPolicyTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Ended_WithZero_IsFinal() =>
        Assert.Contains("exit code 0", new RestartPolicy(_clock).Ended(0, wasTakenDown: false), StringComparison.Ordinal);

    [Theory]
    [InlineData(200, false)]
    [InlineData(137, true)]
    [InlineData(0, true)]
    public void Ended_AsWishedOrByTheHost_IsNoCrash(int code, bool wasTakenDown)
    {
        RestartPolicy policy = new(_clock);

        for (int i = 0; i < 10; i++)
        {
            Assert.Null(policy.Ended(code, wasTakenDown));
            Assert.Equal(TimeSpan.Zero, policy.Pause);
        }
    }

    [Fact]
    public void Ended_ThirdCrashInHalfAnHour_IsFinalAndPausesDouble()
    {
        RestartPolicy policy = new(_clock);

        Assert.Null(policy.Ended(134, wasTakenDown: false));
        Assert.Equal(TimeSpan.FromSeconds(1), policy.Pause);
        Assert.Null(policy.Ended(139, wasTakenDown: false));
        Assert.Equal(TimeSpan.FromSeconds(2), policy.Pause);
        Assert.Contains("crashed 3 times", policy.Ended(134, wasTakenDown: false), StringComparison.Ordinal);
    }

    [Fact]
    public void Ended_CrashesFarApart_AreForgotten()
    {
        RestartPolicy policy = new(_clock);

        for (int i = 0; i < 10; i++)
        {
            Assert.Null(policy.Ended(134, wasTakenDown: false));
            _clock.Advance(TimeSpan.FromMinutes(20));
        }
    }
}
