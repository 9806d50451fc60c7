using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Archiving;

/// <summary>
/// An event on its way into the archive's files: what it is sorted by and told from its copies by, and where its raw record lies.
/// The order is total and follows from content, so that the same events give the same file whatever way they came.
/// </summary>
/// <param name="Time">Event time, to the microsecond: no API server says more, and files hold no more.</param>
/// <param name="Key">Which request it is of; of an event without an auditID, its content.</param>
/// <param name="Stage">Which of the request's events it is.</param>
/// <param name="IsWhole">False when it was cut: of two copies the whole one is kept.</param>
/// <param name="Blob">The raw blob that its record lies in.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Json">The event.</param>
public sealed record EventRow(
    DateTimeOffset Time, RequestKey Key, AuditStage Stage, bool IsWhole, string Blob, int Line, ReadOnlyMemory<byte> Json)
{
    /// <summary>By time, then by request and stage; of copies the whole one first, then the one whose place has the smaller name.</summary>
    public static IComparer<EventRow> Order { get; } = Comparer<EventRow>.Create(static (a, b) => a.CompareTo(b));

    // Older ones are filed by arrival: no cluster wrote anything before Kubernetes was published.
    private static readonly DateTimeOffset Oldest = new(2014, 6, 6, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Makes the row of an event.</summary>
    /// <param name="audit">The event.</param>
    /// <param name="blob">The raw blob that its record lies in.</param>
    /// <param name="line">The line.</param>
    /// <param name="json">A copy of its JSON that lives as long as the row.</param>
    public static EventRow Of(AuditEvent audit, string blob, int line, ReadOnlyMemory<byte> json)
    {
        RequestKey key = RequestKey.Of(audit);
        DateTimeOffset time = audit.Time.ToUniversalTime();
        return new EventRow(
            time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond)),
            audit.HasAuditId ? key : key with { Asked = key.Asked ^ SpanHash.Of64(json.Span) },
            audit.Stage,
            audit.IsWhole,
            blob,
            line,
            json);
    }

    /// <summary>Reads the event anew, judged at the row's time.</summary>
    /// <returns>The event; null when the JSON is none, which only a damaged file can bring about.</returns>
    public static AuditEvent? Read(AuditEventParser parser, ReadOnlyMemory<byte> json, string cluster, DateTimeOffset time)
    {
        if (parser.Parse(json, cluster, time, out AuditEvent? audit) is not (AuditParseStatus.Parsed or AuditParseStatus.Salvaged))
        {
            return null;
        }

        if (Math.Abs((audit!.Time - time).Ticks) >= TimeSpan.TicksPerMicrosecond)
        {
            audit.JudgeAt(time);
        }

        return audit;
    }

    /// <summary>The hour whose file it belongs to.</summary>
    /// <param name="arrived">The hour in which it arrived.</param>
    public DateTimeOffset Hour(DateTimeOffset arrived) =>
        Time < Oldest ? arrived : new DateTimeOffset(Time.Ticks - (Time.Ticks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    /// <summary>True when both are copies of one event.</summary>
    public bool IsCopyOf(EventRow other) => Time == other.Time && Key == other.Key && Stage == other.Stage;

    private int CompareTo(EventRow other)
    {
        int order = Time.CompareTo(other.Time);
        order = order != 0 ? order : Key.AuditId.CompareTo(other.Key.AuditId);
        order = order != 0 ? order : Key.Asked.CompareTo(other.Key.Asked);
        order = order != 0 ? order : Key.Received.CompareTo(other.Key.Received);
        order = order != 0 ? order : Stage.CompareTo(other.Stage);
        order = order != 0 ? order : other.IsWhole.CompareTo(IsWhole);
        order = order != 0 ? order : string.CompareOrdinal(Blob, other.Blob);
        return order != 0 ? order : Line.CompareTo(other.Line);
    }
}
