using Crowsnest.Core.Audit;

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

    /// <summary>Keeps a text of the object, when it is one that matters.</summary>
    internal void Keep(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> text)
    {
        if (name.SequenceEqual("category"u8))
        {
            Category = text;
        }
        else if (name.SequenceEqual("resourceId"u8))
        {
            ResourceId = text;
        }
        else if (name.SequenceEqual("time"u8))
        {
            _ = AuditNames.TryParseTime(text.Span, out Time);
        }
        else if (name.SequenceEqual("auditID"u8) || name.SequenceEqual("requestURI"u8))
        {
            LooksLikeEvent = true;
        }
    }
}
