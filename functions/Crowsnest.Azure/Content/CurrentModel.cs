using Crowsnest.Azure.Storage;
using Crowsnest.Core.Scoring;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Content;

/// <summary>The model in use. It looks for a newer one at most every few seconds, and keeps the old one if that fails.</summary>
public sealed class CurrentModel : IDisposable
{
    private readonly ModelStore _store;
    private readonly CrowsnestOptions _options;
    private readonly ILogger<CurrentModel> _log;
    private readonly Watched<AnomalyModel?> _watched;

    public CurrentModel(ModelStore store, TimeProvider clock, IOptions<CrowsnestOptions> options, ILogger<CurrentModel> log)
    {
        _store = store;
        _options = options.Value;
        _log = log;
        _watched = new Watched<AnomalyModel?>(clock, TimeSpan.FromSeconds(_options.ReloadSeconds), LookAsync);
    }

    /// <summary>Gets the model, or null when none was published and none ships.</summary>
    public Task<AnomalyModel?> GetAsync(CancellationToken cancellationToken) => _watched.GetAsync(cancellationToken);

    public void Dispose() => _watched.Dispose();

    private async Task<AnomalyModel?> LookAsync(AnomalyModel? inUse, CancellationToken cancellationToken)
    {
        try
        {
            if (await _store.CurrentAsync(cancellationToken) is not { } current)
            {
                return inUse ?? await LoadShippedAsync(cancellationToken);
            }

            if (current.Pointer.Version == inUse?.Version)
            {
                return inUse;
            }

            AnomalyModel model = await _store.LoadAsync(current.Pointer, cancellationToken);
            Log.ModelLoaded(_log, model.Version, current.Pointer.Artefact);
            return model;
        }
        catch (Exception fault)
            when (fault is not OperationCanceledException
                && (StorageFault.Is(fault) || fault is InvalidDataException or System.Text.Json.JsonException))
        {
            Log.ModelNotLoaded(_log, fault);
            return inUse ?? await LoadShippedAsync(cancellationToken);
        }
    }

    private async Task<AnomalyModel?> LoadShippedAsync(CancellationToken cancellationToken)
    {
        string path = Path.Combine(AppContext.BaseDirectory, _options.ShippedModel);
        if (!File.Exists(path))
        {
            Log.NoModel(_log, path);
            return null;
        }

        AnomalyModel model = ModelFile.Read(await File.ReadAllBytesAsync(path, cancellationToken));
        Log.ModelLoaded(_log, model.Version, path);
        return model;
    }
}
