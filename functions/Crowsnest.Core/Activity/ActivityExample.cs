using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Activity;

/// <summary>One of the events that were counted, with what an analyst needs of it.</summary>
/// <param name="Time">Event time, UTC.</param>
/// <param name="AuditId">Its auditID, or empty.</param>
/// <param name="Principal">Who did it.</param>
/// <param name="SourceIp">From where.</param>
/// <param name="UserAgent">With what.</param>
/// <param name="What">The request in words.</param>
/// <param name="OnWhat">Its target in words.</param>
/// <param name="Evidence">Where the raw record lies.</param>
public sealed record ActivityExample(
    DateTimeOffset Time,
    string AuditId,
    string Principal,
    string SourceIp,
    string UserAgent,
    string What,
    string OnWhat,
    Evidence Evidence)
{
    /// <summary>The earlier first; of copies of one event the one whose evidence has the smaller name.</summary>
    internal static IComparer<ActivityExample> Order { get; } = Comparer<ActivityExample>.Create(static (a, b) =>
        (a.Time, a.AuditId, a.Evidence.Blob, a.Evidence.Line).CompareTo((b.Time, b.AuditId, b.Evidence.Blob, b.Evidence.Line)));

    internal void Write(BinaryWriter writer)
    {
        writer.Write(Time.UtcTicks);
        writer.Write(AuditId);
        writer.Write(Principal);
        writer.Write(SourceIp);
        writer.Write(UserAgent);
        writer.Write(What);
        writer.Write(OnWhat);
        writer.Write(Evidence.Blob);
        writer.Write(Evidence.Line);
    }

    internal static ActivityExample Read(BinaryReader reader) => new(
        new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero),
        reader.ReadString(),
        reader.ReadString(),
        reader.ReadString(),
        reader.ReadString(),
        reader.ReadString(),
        reader.ReadString(),
        new Evidence(reader.ReadString(), reader.ReadInt32()));
}
