using System.IO.Compression;
using System.Text;
using Azure;
using Crowsnest.Azure.Incidents;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Investigation;

/// <summary>Reads the records behind an incident from the archive.</summary>
public sealed class EvidenceReader(IncidentReader incidents, BlobArchive archive)
{
    /// <summary>Records that are read at most; the gravest first.</summary>
    public const int MostRecords = 25;

    /// <summary>The records behind an incident as stored, in order of time.</summary>
    public async Task<IReadOnlyList<EvidenceRecord>> ReadAsync(Incident known, CancellationToken cancellationToken)
    {
        Incident whole = (await incidents.ReadAsync([known.Parts[0]], cancellationToken))
            .FirstOrDefault(one => one.Id == known.Id) ?? known;
        List<IGrouping<Evidence, Detection>> places =
        [
            .. whole.Detections.OrderByDescending(static d => d.Severity).ThenBy(static d => d.Time)
                .SelectMany(static d => d.Evidence, static (d, place) => (Detection: d, Place: place))
                .GroupBy(static pair => pair.Place, static pair => pair.Detection).Take(MostRecords),
        ];
        Dictionary<Evidence, (string Text, IReadOnlyList<string> AuditIds)> records = [];
        foreach (IGrouping<string, Evidence> blob in places.Select(static place => place.Key)
            .GroupBy(static place => place.Blob, StringComparer.Ordinal))
        {
            await ReadAsync(blob.Key, [.. blob.Select(static place => place.Line)], records, cancellationToken);
        }

        return
        [
            .. places.OrderBy(static place => place.Min(static d => d.Time))
                .Select(place => new EvidenceRecord(
                    place.Key,
                    [.. place.OrderBy(static d => d.Time)],
                    records.TryGetValue(place.Key, out (string Text, IReadOnlyList<string> AuditIds) record)
                        && IsAbout(place, record.AuditIds)
                        ? record.Text : null)),
        ];
    }

    // A blob whose name was taken lies under another one, and this is whatever took it.
    private static bool IsAbout(IEnumerable<Detection> detections, IReadOnlyList<string> auditIds) =>
        detections.SelectMany(static d => d.AuditIds).DefaultIfEmpty("").Any(id => id.Length == 0 || auditIds.Contains(id));

    private async Task ReadAsync(
        string blob,
        HashSet<int> lines,
        Dictionary<Evidence, (string Text, IReadOnlyList<string> AuditIds)> records,
        CancellationToken cancellationToken)
    {
        try
        {
            await using Stream stream = await archive.OpenAsync(blob, cancellationToken);
            await using GZipStream unzipped = new(stream, CompressionMode.Decompress);
            using StreamReader reader = new(unzipped);
            int last = lines.Max();
            for (int line = 1; line <= last && await reader.ReadLineAsync(cancellationToken) is { } text; line++)
            {
                if (lines.Contains(line))
                {
                    records[new Evidence(blob, line)] = EvidenceText.Of(Encoding.UTF8.GetBytes(text));
                }
            }
        }
        catch (RequestFailedException gone) when (gone.Status == 404)
        {
            // Archives are kept for as long as their owner chose.
        }
    }
}
