using Crowsnest.Azure.Storage;

namespace Crowsnest.Functions.Pages.Content;

/// <summary>The models.</summary>
/// <param name="Current">That in use; null while the one that ships judges.</param>
/// <param name="Cards">All that were trained, the oldest first.</param>
public sealed record ModelsModel(ModelPointer? Current, IReadOnlyList<ModelCard> Cards);
