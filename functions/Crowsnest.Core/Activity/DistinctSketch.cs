namespace Crowsnest.Core.Activity;

/// <summary>
/// Counts distinct things: exactly up to <see cref="Capacity"/>, then by the k minimum values (Bar-Yossef and others, 2002),
/// with a standard error of 4.4 %. Merging is commutative, associative and idempotent: what comes twice counts once,
/// however it was cut.
/// </summary>
public sealed class DistinctSketch
{
    public const int Capacity = 512;

    // Sorted; grows with what it holds, for most sketches hold one or two.
    private ulong[] _smallest = [];
    private int _count;

    /// <summary>How many distinct things were added.</summary>
    public double Estimate => _count < Capacity ? _count : (Capacity - 1) / (_smallest[^1] / Math.Pow(2, 64));

    /// <summary>Adds a thing by its hash, which must be spread evenly; see <see cref="Spread"/>.</summary>
    public void Add(ulong hash)
    {
        int at = Array.BinarySearch(_smallest, 0, _count, hash);
        if (at >= 0 || ~at == Capacity)
        {
            return;
        }

        at = ~at;
        if (_count < Capacity)
        {
            if (_count == _smallest.Length)
            {
                Array.Resize(ref _smallest, Math.Clamp(_count * 2, 2, Capacity));
            }

            _count++;
        }

        Array.Copy(_smallest, at, _smallest, at + 1, _count - at - 1);
        _smallest[at] = hash;
    }

    public void Merge(DistinctSketch other)
    {
        for (int i = 0; i < other._count; i++)
        {
            Add(other._smallest[i]);
        }
    }

    /// <summary>Spreads the bits of a hash (the finaliser of SplitMix64).</summary>
    public static ulong Spread(ulong hash)
    {
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
        return hash ^ (hash >> 31);
    }

    internal void Write(BinaryWriter writer)
    {
        writer.Write7BitEncodedInt(_count);
        for (int i = 0; i < _count; i++)
        {
            writer.Write(_smallest[i]);
        }
    }

    internal static DistinctSketch Read(BinaryReader reader)
    {
        DistinctSketch sketch = new();
        for (int left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            sketch.Add(reader.ReadUInt64());
        }

        return sketch;
    }
}
