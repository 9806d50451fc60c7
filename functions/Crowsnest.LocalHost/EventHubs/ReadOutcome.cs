namespace Crowsnest.LocalHost.EventHubs;

/// <summary>What came of reading a record.</summary>
internal enum ReadOutcome
{
    /// <summary>The record is whole.</summary>
    Read,

    /// <summary>There are no more.</summary>
    AtEnd,

    /// <summary>The bytes are not a record: half written, or changed since.</summary>
    Damaged,
}
