using Azure;
using Azure.Identity;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// Tells faults of storage, of the network on the way and of the identity from those of what was to be stored: the former pass, and
/// the same will work then.
/// </summary>
public static class StorageFault
{
    /// <summary>True when trying again later makes sense.</summary>
    public static bool Is(Exception fault) => fault switch
    {
        AggregateException many => many.InnerExceptions.Count > 0 && many.InnerExceptions.All(Is),

        // Storage has understood the request and won't have it: too large, or a value that it does not take.
        RequestFailedException refused => refused.Status is not (400 or 411 or 413 or 414 or 415 or 416 or 422),
        AuthenticationFailedException or HttpRequestException or IOException or TimeoutException or OperationCanceledException => true,
        _ => false,
    };
}
