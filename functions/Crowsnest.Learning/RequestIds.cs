using System.IO.Compression;

using Crowsnest.Core.Audit;

namespace Crowsnest.Learning;

/// <summary>Which requests of an hour must not be learned, found by their auditIDs.</summary>
/// <param name="alerted">Hashes of the auditIDs that gave rise to an alert.</param>
public sealed class RequestIds(IEnumerable<ulong> alerted)
{
    private const ulong Kept = (1UL << (8 * RequestListWriter.HashBytes)) - 1;

    private readonly HashSet<ulong> _alerted = [.. alerted.Select(static hash => hash & Kept)];

    /// <summary>The hash of an auditID.</summary>
    public static ulong Hash(string auditId) => RequestKey.Hash(auditId);

    /// <summary>
    /// The rows that such requests count to: how many there are, the time of the first of them, and that of the first of the others; null
    /// where there are none.
    /// </summary>
    /// <param name="packed">What was written beside the hour's aggregate.</param>
    internal IReadOnlyDictionary<int, AlertedRow> Find(Stream packed)
    {
        List<(int Row, long Time, bool IsAlerted)> requests = [];
        HashSet<int> rows = [];
        using BrotliStream stream = new(packed, CompressionMode.Decompress, leaveOpen: true);
        using BinaryReader reader = new(stream);
        byte[] hash = new byte[sizeof(ulong)];
        long time = 0;
        for (int count = ReadCount(reader); count > 0; count = ReadCount(reader))
        {
            bool[] isAlerted = new bool[count];
            for (int i = 0; i < count; i++)
            {
                reader.BaseStream.ReadExactly(hash, 0, RequestListWriter.HashBytes);
                isAlerted[i] = _alerted.Contains(BitConverter.ToUInt64(hash));
            }

            int[] row = new int[count];
            for (int i = 0; i < count; i++)
            {
                row[i] = reader.Read7BitEncodedInt();
                if (isAlerted[i])
                {
                    rows.Add(row[i]);
                }
            }

            for (int i = 0; i < count; i++)
            {
                time += reader.Read7BitEncodedInt64() * TimeSpan.TicksPerMicrosecond;
                requests.Add((row[i], time, isAlerted[i]));
            }
        }

        Dictionary<int, AlertedRow> found = [];
        foreach ((int row, long at, bool isAlerted) in requests.Where(request => rows.Contains(request.Row)))
        {
            AlertedRow known = found.GetValueOrDefault(row);
            found[row] = isAlerted
                ? known with { Alerted = known.Alerted + 1, FirstAlerted = known.FirstAlerted ?? at }
                : known with { FirstOther = known.FirstOther ?? at };
        }

        return found;
    }

    // A stretch has its own length; behind the last one there is nothing.
    private static int ReadCount(BinaryReader reader)
    {
        try
        {
            return reader.Read7BitEncodedInt();
        }
        catch (EndOfStreamException)
        {
            return 0;
        }
    }
}
