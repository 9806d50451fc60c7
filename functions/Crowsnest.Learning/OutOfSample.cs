using Crowsnest.Core.Features;

namespace Crowsnest.Learning;

/// <summary>Measures events with the profile of all stretches of time but their own.</summary>
internal sealed class OutOfSample
{
    // From three days on, whole days are left out; before that, parts of a day.
    private const int HoursForWholeDays = 72;
    private const int DayFold = 24;
    private const int ShortFold = 4;

    private readonly Dictionary<int, SurpriseMemo> _memos = [];
    private readonly ProfileBuilder _builder;
    private readonly int _fewestFolds;
    private readonly int _fewestSensitiveFolds;

    private OutOfSample(IReadOnlyList<TrainingRow> rows, ProfileBuilder builder, int fewestFolds, int fewestSensitiveFolds)
    {
        _builder = builder;
        _fewestFolds = fewestFolds;
        _fewestSensitiveFolds = fewestSensitiveFolds;
        Rows = rows;
        Vectors = Measure([.. rows.Select(static row => row.Traits)]);
    }

    /// <summary>The events of the training set in an order of their own.</summary>
    internal IReadOnlyList<TrainingRow> Rows { get; }

    /// <summary>Their feature vectors.</summary>
    internal float[][] Vectors { get; }

    /// <summary>Learns and measures a training set.</summary>
    internal static OutOfSample Of(TrainingSet set, TrainingOptions options)
    {
        bool wholeDays = set.Hours >= HoursForWholeDays;
        ProfileBuilder builder = new(wholeDays ? DayFold : ShortFold);
        foreach (TrainingRow row in set.Rows.Where(static row => row.Learned))
        {
            builder.Add(row.Traits);
        }

        return new OutOfSample(
            Ordered(set),
            builder,
            wholeDays ? options.ProbationDays : 1,
            wholeDays ? options.SensitiveProbationDays : 1);
    }

    /// <summary>The profile of all stretches.</summary>
    internal Profile WholeProfile() => Build(without: null);

    /// <summary>The feature vectors of events, in their order.</summary>
    internal float[][] Measure(IReadOnlyList<EventTraits> events)
    {
        float[][] vectors = new float[events.Count][];
        for (int i = 0; i < events.Count; i++)
        {
            int fold = _builder.FoldOf(events[i].Time);
            if (!_memos.TryGetValue(fold, out SurpriseMemo? others))
            {
                _memos.Add(fold, others = new SurpriseMemo(Build(fold)));
            }

            vectors[i] = new float[FeatureVector.Length];
            FeatureVector.Compute(others, events[i], vectors[i]);
        }

        return vectors;
    }

    private Profile Build(int? without) => _builder.Build(without, _fewestFolds, _fewestSensitiveFolds);

    // The fits depend on the order of rows in their last bits; events may come in any order.
    private static TrainingRow[] Ordered(TrainingSet set) =>
        [.. set.Rows.OrderBy(static row => row.Traits.Time).ThenBy(static row => row.Key)];
}
