using Crowsnest.Core.Features;

namespace Crowsnest.Learning;

/// <summary>An event to train on.</summary>
/// <param name="Traits">What the model sees of it.</param>
/// <param name="Learned">Whether profiles may learn it; if not it is measured only.</param>
internal sealed record TrainingRow(EventTraits Traits, bool Learned);
