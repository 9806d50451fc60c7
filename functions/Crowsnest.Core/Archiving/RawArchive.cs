using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Intake;

namespace Crowsnest.Core.Archiving;

/// <summary>
/// Lays out a batch for the archive: one gzip of JSON lines per cluster, as received, and one for what could not be read.
/// Names follow from the batch's place in the hub, so that writing it again writes the same blobs.
/// </summary>
public static class RawArchive
{
    public const string RawPrefix = "raw/";
    public const string QuarantinePrefix = "quarantine/";

    private static readonly SearchValues<byte> LineBreaks = SearchValues.Create("\r\n"u8);

    /// <summary>Lays out a batch.</summary>
    /// <param name="records">Its records.</param>
    /// <param name="position">Its place in the hub.</param>
    /// <param name="redact">True to keep credentials out of the archive too; it is then no longer verbatim.</param>
    public static ArchivedBatch Lay(IReadOnlyList<IntakeRecord> records, BatchPosition position, bool redact = false)
    {
        Evidence[] evidence = new Evidence[records.Count];
        List<ArchiveBlob> blobs = [];
        foreach (IGrouping<string, int> group in Enumerable.Range(0, records.Count)
            .GroupBy(i => PathOf(records[i], position)).OrderBy(static group => group.Key, StringComparer.Ordinal))
        {
            int line = 0;
            using MemoryStream stream = new();
            using (GZipStream zip = new(stream, CompressionLevel.Fastest))
            {
                foreach (int i in group)
                {
                    Write(zip, redact ? RecordRedactor.Redact(records[i]) : records[i]);
                    evidence[i] = new Evidence(group.Key, ++line);
                }
            }

            blobs.Add(new ArchiveBlob(group.Key, stream.ToArray(), line));
        }

        return new ArchivedBatch(blobs, evidence);
    }

    /// <summary>Lays out a message that can't be taken in: its bytes, whatever they are.</summary>
    /// <param name="body">The message.</param>
    /// <param name="position">Its place in the hub.</param>
    public static ArchiveBlob SetAside(ReadOnlyMemory<byte> body, BatchPosition position)
    {
        using MemoryStream stream = new();
        using (GZipStream zip = new(stream, CompressionLevel.Fastest))
        {
            WriteQuarantined(zip, QuarantineReason.KeptFailing, body.Span);
        }

        // Beside what could not be read of the message, which may have been written before it failed.
        return new ArchiveBlob(QuarantinePath(position, "failed-"), stream.ToArray(), 1);
    }

    private static string QuarantinePath(BatchPosition position, string kind = "") => string.Create(
        CultureInfo.InvariantCulture,
        $"{QuarantinePrefix}date={position.Arrived.UtcDateTime:yyyy-MM-dd}/{kind}{Name(position)}");

    private static string Name(BatchPosition position) =>
        string.Create(CultureInfo.InvariantCulture, $"p{position.Partition}-{position.First}-{position.Last}.jsonl.gz");

    private static string PathOf(in IntakeRecord record, BatchPosition position)
    {
        DateTime arrived = position.Arrived.UtcDateTime;
        return record.Outcome == IntakeOutcome.Quarantined ? QuarantinePath(position) : string.Create(
            CultureInfo.InvariantCulture,
            $"{RawPrefix}cluster={record.Cluster}/date={arrived:yyyy-MM-dd}/hour={arrived.Hour:00}/{Name(position)}");
    }

    private static void Write(Stream stream, in IntakeRecord record)
    {
        if (record.Outcome == IntakeOutcome.Quarantined)
        {
            WriteQuarantined(stream, record.Reason, record.Raw.Span);
            return;
        }

        ReadOnlySpan<byte> raw = record.Raw.Span;
        if (raw.ContainsAny(LineBreaks))
        {
            // Outside strings a line break means no more than a space, and inside them JSON has none.
            byte[] oneLine = raw.ToArray();
            oneLine.AsSpan().Replace((byte)'\n', (byte)' ');
            oneLine.AsSpan().Replace((byte)'\r', (byte)' ');
            raw = oneLine;
        }

        stream.Write(raw);
        stream.Write("\n"u8);
    }

    // Bytes that are no JSON, and may be no text, survive as base64.
    private static void WriteQuarantined(Stream stream, QuarantineReason reason, ReadOnlySpan<byte> bytes) =>
        stream.Write(Encoding.ASCII.GetBytes($"{{\"reason\":\"{reason}\",\"bytes\":\"{Convert.ToBase64String(bytes)}\"}}\n"));
}
