namespace Crowsnest.Core.Policy;

/// <summary>The kinds of request that a capture holds. A client can ask for any number of kinds: beyond a limit none is added.</summary>
public sealed class CaptureCells
{
    private const int Most = 20_000;

    private readonly Dictionary<RequestKind, Volume> _cells = [];

    /// <summary>Each kind, with its events and their bytes.</summary>
    public IReadOnlyDictionary<RequestKind, Volume> All => _cells;

    /// <summary>The cell of a kind, made when there is room; else one that nobody sees.</summary>
    internal Volume Of(PolicyRequest request)
    {
        RequestKind kind = RequestKind.Of(request);
        if (!_cells.TryGetValue(kind, out Volume? volume))
        {
            volume = new Volume();
            if (_cells.Count < Most)
            {
                _cells.Add(kind, volume);
            }
        }

        return volume;
    }
}
