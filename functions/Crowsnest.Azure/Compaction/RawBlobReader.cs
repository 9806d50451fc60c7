using System.Security.Cryptography;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;

namespace Crowsnest.Azure.Compaction;

/// <summary>Reads the events of raw blobs into a spool. Not thread-safe.</summary>
/// <param name="parser">Reads the events.</param>
/// <param name="defaultCluster">Cluster of old blobs whose paths name none.</param>
internal sealed class RawBlobReader(AuditEventParser parser, string defaultCluster)
{
    private readonly RawRecords _records = new(parser, defaultCluster);

    /// <summary>Reads a blob. When it is damaged, what stands before the damage has gone into the spool.</summary>
    /// <returns>What a manifest says of it.</returns>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    internal RawBlobNote Read(string path, ReadOnlyMemory<byte> content, EventSpool spool, CancellationToken cancellationToken)
    {
        RawPath place = RawPath.Parse(path) ?? throw new InvalidDataException("its path is none of a raw blob");
        int records = 0;
        int events = 0;
        foreach (RawMember member in RawMember.Of(path, content))
        {
            foreach (IReadOnlyList<(int Line, IntakeRecord Record)> batch in _records.Read(place, member))
            {
                cancellationToken.ThrowIfCancellationRequested();
                foreach ((int line, IntakeRecord record) in batch)
                {
                    records++;
                    if (record.Event is { } audit)
                    {
                        EventRow row = EventRow.Of(audit, path, line, spool.Keep(audit.Json.Span));
                        spool.Add(new EventPlace(audit.Cluster, row.Hour(place.Hour)), row);
                        events++;
                    }
                }
            }
        }

        return new RawBlobNote(path, content.Length, Convert.ToHexStringLower(SHA256.HashData(content.Span)), records, events);
    }
}
