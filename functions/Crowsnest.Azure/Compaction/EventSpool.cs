using System.IO.Compression;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;

namespace Crowsnest.Azure.Compaction;

/// <summary>
/// Collects the events of an hour of arrival by the files that they belong to. What is more than memory may hold goes, sorted, to files: an
/// hour of ten million events is eighteen gigabytes. Not thread-safe.
/// </summary>
/// <param name="folder">Where the files go.</param>
/// <param name="budget">Bytes of events in memory.</param>
internal sealed class EventSpool(string folder, long budget)
{
    // A row without its JSON.
    private const int RowSize = 160;
    private const int PieceSize = 1 << 16;
    private const int BlockSize = 1 << 20;

    private readonly Dictionary<EventPlace, List<EventRow>> _rows = [];
    private readonly Dictionary<EventPlace, List<string>> _runs = [];

    // Events lie in blocks that are used again after a spill: arrays of their own would be copied from generation to generation.
    private readonly List<byte[]> _blocks = [];
    private readonly List<string> _blobs = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private int _block = -1;
    private int _used = BlockSize;
    private long _bytes;
    private int _files;

    /// <summary>The files that the events belong to, in order.</summary>
    internal IReadOnlyList<EventPlace> Places =>
    [
        .. _rows.Keys.Union(_runs.Keys).OrderBy(static place => place.Cluster, StringComparer.Ordinal).ThenBy(static place => place.Hour),
    ];

    /// <summary>Copies an event's JSON to where it lives as long as its row.</summary>
    internal ReadOnlyMemory<byte> Keep(ReadOnlySpan<byte> json)
    {
        if (json.Length > BlockSize / 4)
        {
            return json.ToArray();
        }

        if (json.Length > BlockSize - _used)
        {
            if (++_block == _blocks.Count)
            {
                _blocks.Add(GC.AllocateUninitializedArray<byte>(BlockSize));
            }

            _used = 0;
        }

        Memory<byte> kept = _blocks[_block].AsMemory(_used, json.Length);
        json.CopyTo(kept.Span);
        _used += json.Length;
        return kept;
    }

    internal void Add(EventPlace place, EventRow row)
    {
        if (!_rows.TryGetValue(place, out List<EventRow>? rows))
        {
            _rows.Add(place, rows = []);
        }

        rows.Add(row);
        _bytes += row.Json.Length + RowSize;
        if (_bytes >= budget)
        {
            Spill();
        }
    }

    /// <summary>The sorted runs of a file. What was in memory is forgotten once it is read.</summary>
    internal IEnumerable<IEnumerable<EventRow>> Runs(EventPlace place)
    {
        // Adding is over: what a spill left empty is not filled any more.
        _blocks.RemoveRange(_block + 1, _blocks.Count - _block - 1);
        if (_rows.Remove(place, out List<EventRow>? rows))
        {
            rows.Sort(EventRow.Order);
            yield return rows;
        }

        foreach (string file in _runs.GetValueOrDefault(place, []))
        {
            yield return Read(file);
        }
    }

    private void Spill()
    {
        foreach ((EventPlace place, List<EventRow> rows) in _rows)
        {
            rows.Sort(EventRow.Order);
            string file = Path.Combine(folder, $"run-{_files++}");
            using (BinaryWriter writer = new(new BufferedStream(
                new DeflateStream(File.Create(file), CompressionLevel.Fastest), PieceSize)))
            {
                foreach (EventRow row in rows)
                {
                    Write(writer, row);
                }
            }

            if (!_runs.TryGetValue(place, out List<string>? runs))
            {
                _runs.Add(place, runs = []);
            }

            runs.Add(file);
        }

        _rows.Clear();
        (_bytes, _block, _used) = (0, -1, BlockSize);
    }

    private void Write(BinaryWriter writer, EventRow row)
    {
        if (!_numbers.TryGetValue(row.Blob, out int blob))
        {
            _numbers.Add(row.Blob, blob = _blobs.Count);
            _blobs.Add(row.Blob);
        }

        writer.Write(row.Json.Length);
        writer.Write(row.Time.UtcTicks);
        writer.Write(row.Key.AuditId);
        writer.Write(row.Key.Received);
        writer.Write(row.Key.Asked);
        writer.Write((byte)row.Stage);
        writer.Write(row.IsWhole);
        writer.Write(blob);
        writer.Write(row.Line);
        writer.Write(row.Json.Span);
    }

    private IEnumerable<EventRow> Read(string file)
    {
        using Stream stream = new BufferedStream(new DeflateStream(File.OpenRead(file), CompressionMode.Decompress), PieceSize);
        using BinaryReader reader = new(stream);
        byte[] head = new byte[sizeof(int)];
        while (stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length)
        {
            int length = BitConverter.ToInt32(head);
            DateTimeOffset time = new(reader.ReadInt64(), TimeSpan.Zero);
            RequestKey key = new(reader.ReadUInt64(), reader.ReadInt64(), reader.ReadUInt64());
            AuditStage stage = (AuditStage)reader.ReadByte();
            bool isWhole = reader.ReadBoolean();
            string blob = _blobs[reader.ReadInt32()];
            int line = reader.ReadInt32();
            yield return new EventRow(time, key, stage, isWhole, blob, line, reader.ReadBytes(length));
        }
    }
}
