using Azure;
using Crowsnest.Azure.Storage;

namespace Crowsnest.LocalHost.Triggers;

/// <summary>Tells what a loop that runs for days must live through: storage and hub answer with a fault, or not at all.</summary>
internal static class AzureFault
{
    /// <summary>True unless it is a defect of ours, or the end that was asked for.</summary>
    /// <param name="fault">What was thrown.</param>
    /// <param name="stopping">The token that the failed call was given.</param>
    internal static bool IsPassing(Exception fault, CancellationToken stopping) =>
        fault is RequestFailedException or AggregateException
        || (StorageFault.Is(fault) && !(fault is OperationCanceledException && stopping.IsCancellationRequested));
}
