namespace Crowsnest.Core.Archiving;

/// <summary>Puts sorted runs of rows together and keeps the best of the copies of each event.</summary>
public static class EventMerge
{
    /// <summary>Merges.</summary>
    /// <param name="runs">Rows in their order; they are enumerated once, side by side.</param>
    public static IEnumerable<EventRow> Merge(IEnumerable<IEnumerable<EventRow>> runs)
    {
        PriorityQueue<IEnumerator<EventRow>, EventRow> next = new(EventRow.Order);
        try
        {
            foreach (IEnumerable<EventRow> run in runs)
            {
                Advance(next, run.GetEnumerator());
            }

            EventRow? last = null;
            while (next.TryDequeue(out IEnumerator<EventRow>? run, out EventRow? row))
            {
                if (last is null || !row.IsCopyOf(last))
                {
                    yield return row;
                    last = row;
                }

                Advance(next, run);
            }
        }
        finally
        {
            foreach ((IEnumerator<EventRow> run, EventRow _) in next.UnorderedItems)
            {
                run.Dispose();
            }
        }
    }

    private static void Advance(PriorityQueue<IEnumerator<EventRow>, EventRow> next, IEnumerator<EventRow> run)
    {
        if (run.MoveNext())
        {
            next.Enqueue(run, run.Current);
        }
        else
        {
            run.Dispose();
        }
    }
}
