using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;

namespace Crowsnest.Core.Archiving;

/// <summary>Reads the records of a raw blob again, as intake read them. Not thread-safe.</summary>
public sealed class RawRecords(AuditEventParser parser, string defaultCluster)
{
    // Records that are read before those who asked see them: their copies among these are told at once.
    private const int LinesOfBatch = 2_000;

    private readonly MessageReader _reader = new(parser, defaultCluster);
    private byte[] _room = [];

    /// <summary>
    /// The records of a member with their lines, batch by batch; a batch lives until the next one is asked for, of whatever member.
    /// </summary>
    /// <exception cref="InvalidDataException">The member is damaged.</exception>
    public IEnumerable<IReadOnlyList<(int Line, IntakeRecord Record)>> Read(RawPath path, RawMember member)
    {
        // The moment of arrival is not kept, because it would differ between copies; the hour's last one lets stand what came in it.
        DateTimeOffset arrived = path.Hour.AddHours(1).AddMicroseconds(-1);
        ReadOnlyMemory<byte> rest = member.Unpack(ref _room);
        int line = member.FirstLine;
        while (!rest.IsEmpty)
        {
            using IntakeBatch batch = new();
            for (int i = 0; i < LinesOfBatch && !rest.IsEmpty; i++, line++)
            {
                int end = rest.Span.IndexOf((byte)'\n');
                end = end < 0 ? rest.Length : end;
                if (end > 0)
                {
                    _reader.Read(
                        new HubMessage(rest[..end], line, arrived, member.Cluster, IsOfOneCluster: member.Cluster is not null), batch);
                }

                rest = rest[Math.Min(end + 1, rest.Length)..];
            }

            yield return [.. batch.ByMessage().Select(static pair => ((int)pair.Message.SequenceNumber, pair.Record))];
        }
    }
}
