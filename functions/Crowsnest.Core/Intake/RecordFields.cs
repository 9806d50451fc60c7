namespace Crowsnest.Core.Intake;

/// <summary>What was seen of one object while walking over it once.</summary>
internal struct RecordFields
{
    internal bool IsContainer;
    internal bool LooksLikeEvent;
    internal bool HasLog;
    internal string Category;
    internal string ResourceId;
    internal DateTimeOffset Time;
    internal ReadOnlyMemory<byte> Log;
}
