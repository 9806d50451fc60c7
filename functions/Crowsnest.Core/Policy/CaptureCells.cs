using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Policy;

/// <summary>The kinds of request that a capture holds. A client can ask for any number of kinds: beyond a limit none is added.</summary>
public sealed class CaptureCells
{
    private const int Most = 20_000;

    private readonly Dictionary<RequestKind, (long Events, long Bytes)> _cells = [];

    /// <summary>Each kind, with its events and their bytes.</summary>
    public IReadOnlyDictionary<RequestKind, (long Events, long Bytes)> All => _cells;

    internal void Add(AuditEvent audit, PolicyRequest request, int bytes)
    {
        RequestKind kind = RequestKind.Of(request);
        if (_cells.Count < Most || _cells.ContainsKey(kind))
        {
            (long events, long all) = _cells.GetValueOrDefault(kind);
            _cells[kind] = (events + 1, all + bytes);
        }
    }
}
