using Crowsnest.Core.Features;

namespace Crowsnest.Learning;

/// <summary>An event to train on.</summary>
/// <param name="Traits">What the model sees of it.</param>
/// <param name="Key">Tells it from all others of its hour.</param>
/// <param name="Learned">Whether profiles may learn it; if not it is measured only.</param>
internal sealed record TrainingRow(EventTraits Traits, ulong Key, bool Learned)
{
    /// <summary>How many requests it stands for; counted only where an aggregate is made.</summary>
    internal int Requests { get; set; }

    /// <summary>Of events with equal traits in an hour the first stands for all, in whatever order they come.</summary>
    internal void Earlier(DateTimeOffset time) => Traits.Time = time < Traits.Time ? time : Traits.Time;
}
