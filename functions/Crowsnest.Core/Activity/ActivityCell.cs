using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Activity;

/// <summary>
/// What of one kind a group did in one slot of time. Merging is commutative, associative and idempotent.
/// </summary>
public sealed class ActivityCell
{
    private const int MostExamples = 3;

    // One more than "one": enough to tell that there are several.
    private const int MostPrincipals = 2;

    private readonly List<ActivityExample> _examples = [];
    private readonly List<string> _principals = [];

    /// <summary>The requests, or the values of the field that is counted.</summary>
    public DistinctSketch Counted { get; private init; } = new();

    /// <summary>The networks the requests came from.</summary>
    public DistinctSketch Networks { get; private init; } = new();

    /// <summary>Event time of the first.</summary>
    public DateTimeOffset First { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>Event time of the last.</summary>
    public DateTimeOffset Last { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>The earliest events.</summary>
    public IReadOnlyList<ActivityExample> Examples => _examples;

    /// <summary>Who did it: two of them, if there are more.</summary>
    public IReadOnlyList<string> Principals => _principals;

    /// <summary>True while an event of that time would be among the examples, which cost most.</summary>
    public bool WantsExample(DateTimeOffset time) => _examples.Count < MostExamples || time <= _examples[^1].Time;

    public void Add(DateTimeOffset time, ulong counted, ulong network, string principal)
    {
        Counted.Add(counted);
        Networks.Add(network);
        AddPrincipal(principal);
        Stretch(time, time);
    }

    public void Add(ActivityExample example)
    {
        int same = _examples.FindIndex(known => known.Time == example.Time && known.AuditId == example.AuditId);
        if (same >= 0)
        {
            _examples[same] = ActivityExample.Order.Compare(example, _examples[same]) < 0 ? example : _examples[same];
            return;
        }

        int at = _examples.BinarySearch(example, ActivityExample.Order);
        _examples.Insert(~at, example);
        if (_examples.Count > MostExamples)
        {
            _examples.RemoveAt(MostExamples);
        }
    }

    /// <summary>Counts a match of a correlation as one event, with the examples of what it was found in.</summary>
    /// <param name="id">Id of the match: one that comes again is counted once.</param>
    /// <param name="time">Event time at which the correlation came to hold.</param>
    /// <param name="cells">What it was found in.</param>
    internal void AddMatch(string id, DateTimeOffset time, IEnumerable<ActivityCell> cells)
    {
        Counted.Add(DistinctSketch.Spread(SpanHash.Of64(System.Text.Encoding.UTF8.GetBytes(id))));
        Stretch(time, time);
        foreach (ActivityCell cell in cells)
        {
            Networks.Merge(cell.Networks);
            cell._principals.ForEach(AddPrincipal);
            cell._examples.ForEach(Add);
        }
    }

    public void Merge(ActivityCell other)
    {
        Counted.Merge(other.Counted);
        Networks.Merge(other.Networks);
        Stretch(other.First, other.Last);
        other._principals.ForEach(AddPrincipal);
        other._examples.ForEach(Add);
    }

    internal void Write(BinaryWriter writer)
    {
        writer.Write(First.UtcTicks);
        writer.Write(Last.UtcTicks);
        Counted.Write(writer);
        Networks.Write(writer);
        writer.Write7BitEncodedInt(_principals.Count);
        _principals.ForEach(writer.Write);
        writer.Write7BitEncodedInt(_examples.Count);
        _examples.ForEach(example => example.Write(writer));
    }

    internal static ActivityCell Read(BinaryReader reader)
    {
        DateTimeOffset first = new(reader.ReadInt64(), TimeSpan.Zero);
        DateTimeOffset last = new(reader.ReadInt64(), TimeSpan.Zero);
        ActivityCell cell = new() { Counted = DistinctSketch.Read(reader), Networks = DistinctSketch.Read(reader) };
        cell.Stretch(first, last);
        for (int left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            cell.AddPrincipal(reader.ReadString());
        }

        for (int left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            cell.Add(ActivityExample.Read(reader));
        }

        return cell;
    }

    private void Stretch(DateTimeOffset first, DateTimeOffset last)
    {
        First = first < First ? first : First;
        Last = last > Last ? last : Last;
    }

    private void AddPrincipal(string principal)
    {
        int at = _principals.BinarySearch(principal, StringComparer.Ordinal);
        if (at < 0 && ~at < MostPrincipals)
        {
            _principals.Insert(~at, principal);
            if (_principals.Count > MostPrincipals)
            {
                _principals.RemoveAt(MostPrincipals);
            }
        }
    }
}
