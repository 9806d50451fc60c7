namespace Crowsnest.Core.Intake;

/// <summary>What was seen of one object while walking over it once. Texts are slices, escapes and all.</summary>
internal struct RecordFields
{
    internal bool IsContainer;
    internal bool LooksLikeEvent;
    internal bool HasLog;
    internal ReadOnlyMemory<byte> Category;
    internal ReadOnlyMemory<byte> ResourceId;
    internal ReadOnlyMemory<byte> Log;
    internal DateTimeOffset Time;
}
