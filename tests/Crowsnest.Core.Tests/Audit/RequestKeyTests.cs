using Crowsnest.Core.Audit;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Audit;

public sealed class RequestKeyTests
{
    private static readonly EventJson First = new();

    public static TheoryData<EventJson> Others => new(
        First with { AuditId = "other" },
        First with { Time = First.Time.AddMicroseconds(1) },
        First with { Verb = "patch" },
        First with { RequestUri = "/api/v1/namespaces/shop/pods/other" },
        First with { User = "joe@example.org" });

    [Theory]
    [MemberData(nameof(Others))]
    public void Of_AnotherRequest_Differs(EventJson other) =>
        Assert.NotEqual(RequestKey.Of(First.ToEvent()), RequestKey.Of(other.ToEvent()));

    [Fact]
    public void Of_AnotherStage_IsTheSame() =>
        Assert.Equal(RequestKey.Of(First.ToEvent()), RequestKey.Of((First with { Stage = "ResponseStarted", Code = 0 }).ToEvent()));
}
