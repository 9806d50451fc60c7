namespace Crowsnest.Core.Activity;

/// <summary>What one group did, as one correlation sees it.</summary>
/// <param name="Key">Whose activity it is; the rule is left empty.</param>
/// <param name="ByRule">Slots by rule.</param>
public sealed record ActivityGroup(ActivityKey Key, IReadOnlyDictionary<string, SortedList<long, ActivityCell>> ByRule)
{
    private SortedList<long, ActivityCell>? _all;

    /// <summary>Slots of all rules together.</summary>
    public SortedList<long, ActivityCell> All => _all ??= ByRule.Count == 1 ? ByRule.Values.First() : Merge();

    private SortedList<long, ActivityCell> Merge()
    {
        SortedList<long, ActivityCell> all = [];
        foreach ((long slot, ActivityCell cell) in ByRule.Values.SelectMany(static slots => slots))
        {
            if (!all.TryGetValue(slot, out ActivityCell? sum))
            {
                all.Add(slot, sum = new ActivityCell());
            }

            sum.Merge(cell);
        }

        return all;
    }
}
