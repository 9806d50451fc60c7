using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Tests.Detections;

public sealed class LongNameTests
{
    [Fact]
    public void Bound_LongNames_StayDifferentAndTheirOwn()
    {
        string name = new('x', 5_000);

        Assert.Equal("jane", LongName.Bound("jane"));
        Assert.NotEqual(LongName.Bound(name + "a"), LongName.Bound(name + "b"));
        Assert.Equal(LongName.Bound(name), LongName.Bound(LongName.Bound(name)));
    }
}
