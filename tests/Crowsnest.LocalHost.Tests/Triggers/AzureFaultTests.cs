using Azure;
using Azure.Identity;
using Crowsnest.LocalHost.Triggers;

namespace Crowsnest.LocalHost.Tests.Triggers;

public sealed class AzureFaultTests
{
    public static TheoryData<Exception, bool, bool> Faults => new()
    {
        { new RequestFailedException(503, "busy"), false, true },
        { new RequestFailedException(503, "busy"), true, true },
        { new AuthenticationFailedException("no token"), false, true },
        { new IOException("reset"), true, true },
        { new TaskCanceledException("timeout"), false, true },
        { new TaskCanceledException("asked for"), true, false },
        { new InvalidOperationException("a defect"), false, false },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void IsPassing_Fault_IsAllButDefectsAndTheEndThatWasAskedFor(Exception fault, bool isStopping, bool expected) =>
        Assert.Equal(expected, AzureFault.IsPassing(fault, new CancellationToken(isStopping)));
}
