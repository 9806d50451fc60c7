using System.IO.Compression;

namespace Crowsnest.Learning;

/// <summary>
/// Writes which request of an hour counts to which row of its aggregate: column by column in stretches, because hashes can't be packed and
/// the rest can. Not thread-safe.
/// </summary>
/// <param name="stream">Where to.</param>
internal sealed class RequestListWriter(Stream stream) : IDisposable
{
    // One in 280 million million: of a million requests with a thousand of alerts among them none is taken for another.
    internal const int HashBytes = 6;

    private const int MostRequests = 1 << 16;

    private readonly BrotliStream _packed = new(stream, CompressionLevel.Optimal, leaveOpen: true);
    private readonly List<(ulong Hash, int Row, long Time)> _requests = [];
    private long _last;

    internal void Add(ulong hash, int row, long time)
    {
        _requests.Add((hash, row, time));
        if (_requests.Count == MostRequests)
        {
            Write();
        }
    }

    internal void End()
    {
        Write();
        _packed.Dispose();
    }

    public void Dispose() => _packed.Dispose();

    private void Write()
    {
        using MemoryStream columns = new();
        using BinaryWriter writer = new(columns);
        writer.Write7BitEncodedInt(_requests.Count);
        foreach ((ulong hash, int _, long _) in _requests)
        {
            writer.Write(BitConverter.GetBytes(hash).AsSpan(0, HashBytes));
        }

        foreach ((ulong _, int row, long _) in _requests)
        {
            writer.Write7BitEncodedInt(row);
        }

        foreach ((ulong _, int _, long time) in _requests)
        {
            writer.Write7BitEncodedInt64((time - _last) / TimeSpan.TicksPerMicrosecond);
            _last = time;
        }

        _requests.Clear();
        columns.WriteTo(_packed);
    }
}
