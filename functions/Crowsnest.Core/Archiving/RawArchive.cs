using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Intake;

namespace Crowsnest.Core.Archiving;

/// <summary>
/// Lays out a batch for the archive: one gzip of JSON lines, as received and sorted by cluster, and one for what could not be
/// read. Names follow from the batch's place in the hub, so that writing it again writes the same blobs. A cluster's lines are a
/// gzip member of their own, whose header names the cluster: the record itself may not, and any gunzip reads all of them.
/// </summary>
public static class RawArchive
{
    public const string RawPrefix = "raw/";
    public const string QuarantinePrefix = "quarantine/";

    private static readonly SearchValues<byte> LineBreaks = SearchValues.Create("\r\n"u8);

    // What a reader must unpack at once; the records of one cluster may be many messages of a megabyte.
    private const int LargestMember = 16 * 1024 * 1024;

    /// <summary>Lays out a batch.</summary>
    /// <param name="records">Its records.</param>
    /// <param name="position">Its place in the hub.</param>
    /// <param name="redact">True to keep credentials out of the archive too; it is then no longer verbatim.</param>
    public static ArchivedBatch Lay(IReadOnlyList<IntakeRecord> records, BatchPosition position, bool redact = false)
    {
        Evidence[] evidence = new Evidence[records.Count];
        List<ArchiveBlob> blobs = [];
        foreach (bool quarantined in new[] { false, true })
        {
            string path = quarantined ? QuarantinePath(position) : RawPath(position);
            int line = 0;
            using MemoryStream blob = new();
            foreach (IGrouping<string, int> cluster in Enumerable.Range(0, records.Count)
                .Where(i => (records[i].Outcome == IntakeOutcome.Quarantined) == quarantined)
                .GroupBy(i => quarantined ? "" : records[i].Cluster).OrderBy(static group => group.Key, StringComparer.Ordinal))
            {
                using RawMemberWriter member = new(blob, cluster.Key);
                foreach (int i in cluster)
                {
                    member.Write(Line(redact ? RecordRedactor.Redact(records[i]) : records[i]).Span, LargestMember);
                    evidence[i] = new Evidence(path, ++line);
                }
            }

            if (line > 0)
            {
                blobs.Add(new ArchiveBlob(path, blob.ToArray(), line));
            }
        }

        return new ArchivedBatch(blobs, evidence);
    }

    /// <summary>Lays out a message that can't be taken in: its bytes, whatever they are.</summary>
    /// <param name="body">The message.</param>
    /// <param name="position">Its place in the hub.</param>
    public static ArchiveBlob SetAside(ReadOnlyMemory<byte> body, BatchPosition position)
    {
        using MemoryStream blob = new();
        using (RawMemberWriter member = new(blob, ""))
        {
            member.Write(Quarantined(nameof(QuarantineReason.KeptFailing), body.Span), LargestMember);
        }

        // Beside what could not be read of the message, which may have been written before it failed.
        return new ArchiveBlob(QuarantinePath(position, "failed-"), blob.ToArray(), 1);
    }

    /// <summary>Lays out a raw blob that can't be read any more.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="hour">The hour in which it arrived.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="reason">What is wrong with it.</param>
    public static ArchiveBlob SetAside(string path, DateTimeOffset hour, ReadOnlyMemory<byte> content, string reason)
    {
        using MemoryStream blob = new();
        using (RawMemberWriter member = new(blob, ""))
        {
            member.Write(Quarantined(JsonEncodedText.Encode($"{path}: {reason}").ToString(), content.Span), LargestMember);
        }

        string name = path[RawPrefix.Length..].Replace('/', '-');
        return new ArchiveBlob(
            string.Create(CultureInfo.InvariantCulture, $"{QuarantinePrefix}date={hour.UtcDateTime:yyyy-MM-dd}/damaged-{name}"),
            blob.ToArray(),
            1);
    }

    private static string QuarantinePath(BatchPosition position, string kind = "") => string.Create(
        CultureInfo.InvariantCulture,
        $"{QuarantinePrefix}date={position.Arrived.UtcDateTime:yyyy-MM-dd}/{kind}{Name(position)}");

    private static string Name(BatchPosition position) =>
        string.Create(CultureInfo.InvariantCulture, $"p{position.Partition}-{position.First}-{position.Last}.jsonl.gz");

    private static string RawPath(BatchPosition position)
    {
        DateTime arrived = position.Arrived.UtcDateTime;
        return string.Create(
            CultureInfo.InvariantCulture, $"{RawPrefix}date={arrived:yyyy-MM-dd}/hour={arrived.Hour:00}/{Name(position)}");
    }

    private static ReadOnlyMemory<byte> Line(in IntakeRecord record)
    {
        if (record.Outcome == IntakeOutcome.Quarantined)
        {
            return Quarantined(record.Reason.ToString(), record.Raw.Span);
        }

        if (!record.Raw.Span.ContainsAny(LineBreaks))
        {
            return record.Raw;
        }

        // Outside strings a line break means no more than a space, and inside them JSON has none.
        byte[] oneLine = record.Raw.ToArray();
        oneLine.AsSpan().Replace((byte)'\n', (byte)' ');
        oneLine.AsSpan().Replace((byte)'\r', (byte)' ');
        return oneLine;
    }

    // Bytes that are no JSON, and may be no text, survive as base64.
    private static byte[] Quarantined(string reason, ReadOnlySpan<byte> bytes) =>
        Encoding.ASCII.GetBytes($"{{\"reason\":\"{reason}\",\"bytes\":\"{Convert.ToBase64String(bytes)}\"}}");
}
