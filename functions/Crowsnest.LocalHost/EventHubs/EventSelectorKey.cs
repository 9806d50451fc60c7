namespace Crowsnest.LocalHost.EventHubs;

/// <summary>By what a consumer says where it wants to begin.</summary>
internal enum EventSelectorKey
{
    Latest,
    Offset,
    SequenceNumber,
    EnqueuedTime,
}
