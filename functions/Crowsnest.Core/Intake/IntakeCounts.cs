namespace Crowsnest.Core.Intake;

/// <summary>How many records had which outcome. The sum is the number of records that came in.</summary>
public readonly record struct IntakeCounts(int Parsed, int Salvaged, int Duplicate, int OtherCategory, int Quarantined)
{
    public int Total => Parsed + Salvaged + Duplicate + OtherCategory + Quarantined;

    public static IntakeCounts operator +(IntakeCounts left, IntakeCounts right) => new(
        left.Parsed + right.Parsed,
        left.Salvaged + right.Salvaged,
        left.Duplicate + right.Duplicate,
        left.OtherCategory + right.OtherCategory,
        left.Quarantined + right.Quarantined);

    public static IntakeCounts Add(IntakeCounts left, IntakeCounts right) => left + right;

    /// <summary>Counts by cluster.</summary>
    public static IReadOnlyDictionary<string, IntakeCounts> ByCluster(IEnumerable<IntakeRecord> records)
    {
        Dictionary<string, IntakeCounts> counts = new(StringComparer.Ordinal);
        foreach (IntakeRecord record in records)
        {
            counts[record.Cluster] = counts.GetValueOrDefault(record.Cluster) + One(record.Outcome);
        }

        return counts;
    }

    public static IntakeCounts Of(IReadOnlyList<IntakeRecord> records)
    {
        Span<int> counts = stackalloc int[5];
        for (int i = 0; i < records.Count; i++)
        {
            counts[(int)records[i].Outcome]++;
        }

        return new(counts[0], counts[1], counts[2], counts[3], counts[4]);
    }

    private static IntakeCounts One(IntakeOutcome outcome) => outcome switch
    {
        IntakeOutcome.Parsed => new(1, 0, 0, 0, 0),
        IntakeOutcome.Salvaged => new(0, 1, 0, 0, 0),
        IntakeOutcome.Duplicate => new(0, 0, 1, 0, 0),
        IntakeOutcome.OtherCategory => new(0, 0, 0, 1, 0),
        _ => new(0, 0, 0, 0, 1),
    };
}
