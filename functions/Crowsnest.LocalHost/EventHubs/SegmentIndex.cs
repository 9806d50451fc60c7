namespace Crowsnest.LocalHost.EventHubs;

/// <summary>Where some of a segment's records begin, far enough apart to take little memory and near enough to search from.</summary>
internal sealed class SegmentIndex
{
    private const int BytesBetween = 16 * 1024;

    private readonly List<(RecordMark Mark, long Position)> _entries = [];

    internal void Add(RecordMark mark, long position)
    {
        if (_entries.Count == 0 || position - _entries[^1].Position >= BytesBetween)
        {
            _entries.Add((mark, position));
        }
    }

    /// <summary>Position of the last indexed record that does not fulfil a condition which all records fulfil from some place on.</summary>
    internal long PositionBefore(Func<RecordMark, bool> isReached)
    {
        int low = 0;
        int high = _entries.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (isReached(_entries[middle].Mark))
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low == 0 ? 0 : _entries[low - 1].Position;
    }
}
