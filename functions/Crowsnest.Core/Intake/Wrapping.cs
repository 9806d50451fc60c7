namespace Crowsnest.Core.Intake;

/// <summary>What the wrappers around a value say of it, from the outermost to the one it stands in.</summary>
/// <param name="Raw">The record: the bytes that are archived for the event.</param>
/// <param name="Cluster">The cluster named so far.</param>
/// <param name="Time">The time named so far.</param>
/// <param name="Category">The log category, or the stream of a log group; empty when none was named.</param>
/// <param name="IsOther">True when the category is none of audit logs: what is no event is a record of another category.</param>
/// <param name="Depth">How many wrappers there are.</param>
internal readonly record struct Wrapping(
    ReadOnlyMemory<byte> Raw,
    string Cluster,
    DateTimeOffset Time,
    string Category,
    bool IsOther,
    int Depth)
{
    internal Wrapping Inside() => this with { Depth = Depth + 1 };

    internal Wrapping Element(ReadOnlyMemory<byte> raw) => this with { Raw = raw, Depth = Depth + 1 };
}
