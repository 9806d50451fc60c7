using System.Text.Json;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Worker;
using Crowsnest.LocalHost.Worker.Rpc;

namespace Crowsnest.LocalHost.Triggers;

/// <summary>A timer's tick as the host hands it to a worker.</summary>
internal static class TimerBinding
{
    /// <param name="function">The function.</param>
    /// <param name="status">What is known of its runs; null for one that is not monitored, as in the real host.</param>
    /// <param name="isPastDue">True when it should have run before.</param>
    internal static Invocation Invocation(FunctionDefinition function, TimerStatus? status, bool isPastDue) => new()
    {
        Input = new ParameterBinding
        {
            Name = function.BindingName,
            Data = new TypedData
            {
                Json = JsonSerializer.Serialize(
                    new { Schedule = new { AdjustForDST = true }, ScheduleStatus = status, IsPastDue = isPastDue }),
            },
        },
    };
}
