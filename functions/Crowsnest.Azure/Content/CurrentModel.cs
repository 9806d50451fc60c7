using System.Collections.Concurrent;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Scoring;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Content;

/// <summary>
/// The models in use: each cluster's own, loaded when the first event of it comes, and for clusters that have none the fleet's as a prior.
/// It looks for newer ones at most every few seconds, and keeps the old ones if that fails.
/// </summary>
public sealed class CurrentModel : IDisposable
{
    // Whoever sends may name as many clusters as they like.
    private const int MostClusters = 1_000;

    private static readonly TimeSpan Unused = TimeSpan.FromHours(1);

    private readonly ModelStore _store;
    private readonly TimeProvider _clock;
    private readonly CrowsnestOptions _options;
    private readonly ILogger<CurrentModel> _log;
    private readonly Watched<Fleet> _fleet;
    private readonly ConcurrentDictionary<string, Own> _clusters = new(StringComparer.Ordinal);

    public CurrentModel(ModelStore store, TimeProvider clock, IOptions<CrowsnestOptions> options, ILogger<CurrentModel> log)
    {
        _store = store;
        _clock = clock;
        _options = options.Value;
        _log = log;
        _fleet = new Watched<Fleet>(clock, TimeSpan.FromSeconds(_options.ReloadSeconds), LookAsync);
    }

    /// <summary>
    /// Gets the model of a cluster, or null when none was published and none ships. Without a cluster the fleet's, which knows all by name.
    /// </summary>
    public async Task<AnomalyModel?> GetAsync(string cluster, CancellationToken cancellationToken)
    {
        Fleet fleet = await _fleet.GetAsync(cancellationToken);
        if (cluster.Length == 0 || (!fleet.HasClusters && !fleet.IsShipped))
        {
            return fleet.Model;
        }

        AnomalyModel? own = fleet.HasClusters && OwnOf(cluster) is { } place ? await place.Model.GetAsync(cancellationToken) : null;
        return own ?? fleet.Prior;
    }

    public void Dispose()
    {
        _fleet.Dispose();
        foreach (Own own in _clusters.Values)
        {
            own.Model.Dispose();
        }
    }

    private Own? OwnOf(string cluster)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        if (!_clusters.TryGetValue(cluster, out Own? own))
        {
            // Those that nothing came of for a while make room. Somebody may be looking in one this moment: it is not disposed of.
            foreach ((string name, Own other) in _clusters)
            {
                if (now - other.Used > Unused)
                {
                    _clusters.TryRemove(name, out _);
                }
            }

            if (_clusters.Count >= MostClusters)
            {
                return null;
            }

            ModelStore store = _store.Of(cluster);
            own = _clusters.GetOrAdd(cluster, _ => new Own(new Watched<AnomalyModel?>(
                _clock, TimeSpan.FromSeconds(_options.ReloadSeconds), (inUse, token) => LookAsync(store, inUse, token))));
        }

        own.Used = now;
        return own;
    }

    private async Task<AnomalyModel?> LookAsync(ModelStore store, AnomalyModel? inUse, CancellationToken cancellationToken)
    {
        try
        {
            return await store.CurrentAsync(cancellationToken) is not { } current || current.Pointer.Version == inUse?.Version
                ? inUse : await LoadAsync(store, current.Pointer, cancellationToken);
        }
        catch (Exception fault) when (MayPass(fault))
        {
            Log.ModelNotLoaded(_log, fault);
            return inUse;
        }
    }

    private async Task<Fleet> LookAsync(Fleet? inUse, CancellationToken cancellationToken)
    {
        try
        {
            if (await _store.CurrentAsync(cancellationToken) is not { } current)
            {
                return inUse ?? await ShippedAsync(cancellationToken);
            }

            if (inUse is not null && current.Pointer.Version == inUse.Model?.Version && current.Pointer.IsOfFleet == inUse.HasClusters)
            {
                return inUse;
            }

            AnomalyModel model = await LoadAsync(_store, current.Pointer, cancellationToken);
            return new Fleet(model, model.AsPrior(), current.Pointer.IsOfFleet, IsShipped: false);
        }
        catch (Exception fault) when (MayPass(fault))
        {
            Log.ModelNotLoaded(_log, fault);
            return inUse ?? await ShippedAsync(cancellationToken);
        }
    }

    private static bool MayPass(Exception fault) => fault is not OperationCanceledException
        && (StorageFault.Is(fault) || fault is InvalidDataException or System.Text.Json.JsonException);

    private async Task<AnomalyModel> LoadAsync(ModelStore store, ModelPointer pointer, CancellationToken cancellationToken)
    {
        AnomalyModel model = await store.LoadAsync(pointer, cancellationToken);
        Log.ModelLoaded(_log, model.Version, pointer.Artefact);
        return model;
    }

    private async Task<Fleet> ShippedAsync(CancellationToken cancellationToken)
    {
        string path = Path.Combine(AppContext.BaseDirectory, _options.ShippedModel);
        if (!File.Exists(path))
        {
            Log.NoModel(_log, path);
            return new Fleet(null, null, HasClusters: false, IsShipped: true);
        }

        AnomalyModel model = ModelFile.Read(await File.ReadAllBytesAsync(path, cancellationToken));
        Log.ModelLoaded(_log, model.Version, path);
        return new Fleet(model, model.AsPrior(), HasClusters: false, IsShipped: true);
    }

    // Before the first training of this version no cluster has a model of its own, and what was published judges all of them.
    private sealed record Fleet(AnomalyModel? Model, AnomalyModel? Prior, bool HasClusters, bool IsShipped);

    private sealed class Own(Watched<AnomalyModel?> model)
    {
        internal Watched<AnomalyModel?> Model { get; } = model;

        internal DateTimeOffset Used { get; set; }
    }
}
