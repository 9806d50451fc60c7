using System.Runtime.InteropServices;
using ParquetSharp;
using Encoding = System.Text.Encoding;

namespace Crowsnest.Azure.Columns;

/// <summary>UTF-8 that native code may read: it does not move, and lives until the next <see cref="Clear"/>. Not thread-safe.</summary>
internal sealed class PinnedText
{
    private const int BlockSize = 1 << 20;

    private readonly List<byte[]> _blocks = [];
    private readonly Dictionary<string, ByteArray> _known = new(StringComparer.Ordinal);
    private byte[] _block = [];
    private int _used;
    private int _next;

    /// <summary>Bytes held.</summary>
    internal long Bytes { get; private set; }

    /// <summary>Keeps a text that recurs; the same text is kept once.</summary>
    internal ByteArray Recurring(string text)
    {
        ref ByteArray known = ref CollectionsMarshal.GetValueRefOrAddDefault(_known, text, out bool exists);
        if (!exists)
        {
            known = Own(text);
        }

        return known;
    }

    /// <summary>Keeps a text.</summary>
    internal ByteArray Own(string text)
    {
        Span<byte> place = Take(Encoding.UTF8.GetByteCount(text), out nint address);
        Encoding.UTF8.GetBytes(text, place);
        return new ByteArray(address, place.Length);
    }

    /// <summary>Keeps bytes.</summary>
    internal ByteArray Own(ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(Take(utf8.Length, out nint address));
        return new ByteArray(address, utf8.Length);
    }

    /// <summary>Forgets everything; the room is used again.</summary>
    internal void Clear()
    {
        _known.Clear();
        (_block, _used, _next, Bytes) = ([], 0, 0, 0);
    }

    private Span<byte> Take(int length, out nint address)
    {
        if (length > _block.Length - _used)
        {
            if (length > BlockSize)
            {
                // Larger than any block: a block of its own that is not kept for later.
                byte[] large = GC.AllocateUninitializedArray<byte>(length, pinned: true);
                _blocks.Insert(_next++, large);
                Bytes += length;
                address = Marshal.UnsafeAddrOfPinnedArrayElement(large, 0);
                return large;
            }

            while (_next < _blocks.Count && _blocks[_next].Length != BlockSize)
            {
                _blocks.RemoveAt(_next);
            }

            if (_next == _blocks.Count)
            {
                _blocks.Add(GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true));
            }

            (_block, _used) = (_blocks[_next++], 0);
        }

        address = length == 0 ? 0 : Marshal.UnsafeAddrOfPinnedArrayElement(_block, _used);
        Span<byte> place = _block.AsSpan(_used, length);
        _used += length;
        Bytes += length;
        return place;
    }
}
