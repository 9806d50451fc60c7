using Azure;
using Crowsnest.Azure.Storage;

namespace Crowsnest.LocalHost.Triggers;

/// <summary>Tells what a loop that runs for days must live through: storage and hub answer with a fault, or not at all.</summary>
internal static class AzureFault
{
    /// <summary>True unless it is a defect of ours, or the loop is to end.</summary>
    internal static bool IsPassing(Exception fault, CancellationToken stopping) =>
        !stopping.IsCancellationRequested && (fault is RequestFailedException or AggregateException || StorageFault.Is(fault));
}
