using System.Text.Json;
using Crowsnest.LocalHost.Configuration;

namespace Crowsnest.LocalHost.Tests.Triggers;

/// <summary>Definitions of functions.</summary>
internal static class Function
{
    internal static FunctionDefinition Of(string triggerType, object trigger, RetryPolicy? retry = null) =>
        new("Tested", triggerType, JsonSerializer.SerializeToElement(trigger), retry);

    internal static FunctionDefinition Timer(string schedule, bool useMonitor = false, RetryPolicy? retry = null) =>
        Of(FunctionDefinition.Timer, new { name = "timer", schedule, useMonitor }, retry);

    internal static FunctionDefinition EventHub(RetryPolicy? retry) => Of(FunctionDefinition.EventHub, new { name = "events" }, retry);
}
