using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Activity;

/// <summary>Counts what a group did in the window that ends with a slot.</summary>
internal static class WindowCounter
{
    /// <summary>The slots of the window that ends with the given one.</summary>
    internal static IEnumerable<ActivityCell> Window(CorrelationRule rule, SortedList<long, ActivityCell> slots, long last)
    {
        long first = last + rule.SlotMinutes - Math.Max(rule.SlotMinutes, (long)Math.Ceiling(rule.Timespan.TotalMinutes));
        for (int i = slots.IndexOfKey(last); i >= 0 && slots.Keys[i] >= first; i--)
        {
            yield return slots.Values[i];
        }
    }

    /// <summary>How many events or distinct values the window holds.</summary>
    internal static double Count(CorrelationRule rule, SortedList<long, ActivityCell> slots, long last)
    {
        // An event lies in one slot only, so their counts add up; a value may lie in several.
        if (rule.Type != CorrelationType.ValueCount)
        {
            return Window(rule, slots, last).Sum(static cell => cell.Counted.Estimate);
        }

        DistinctSketch union = new();
        foreach (ActivityCell cell in Window(rule, slots, last))
        {
            union.Merge(cell.Counted);
        }

        return union.Estimate;
    }
}
