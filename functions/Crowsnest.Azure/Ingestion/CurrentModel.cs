using Azure;
using Crowsnest.Azure.Training;
using Crowsnest.Core.Scoring;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Ingestion;

/// <summary>The model in use. It looks for a newer one at most every few seconds, and keeps the old one if that fails.</summary>
public sealed class CurrentModel(
    ModelStore store,
    TimeProvider clock,
    IOptions<CrowsnestOptions> options,
    ILogger<CurrentModel> log) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private AnomalyModel? _model;
    private DateTimeOffset _lookAgain;

    /// <summary>Gets the model, or null when none was published and none ships.</summary>
    public async Task<AnomalyModel?> GetAsync(CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow() < _lookAgain)
        {
            return _model;
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (clock.GetUtcNow() >= _lookAgain)
            {
                _model = await LookAsync(cancellationToken);
                _lookAgain = clock.GetUtcNow().AddSeconds(options.Value.ModelReloadSeconds);
            }

            return _model;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task<AnomalyModel?> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await store.CurrentAsync(cancellationToken) is not { } current)
            {
                return _model ?? await LoadShippedAsync(cancellationToken);
            }

            if (current.Pointer.Version == _model?.Version)
            {
                return _model;
            }

            AnomalyModel model = await store.LoadAsync(current.Pointer, cancellationToken);
            Log.ModelLoaded(log, model.Version, current.Pointer.Artefact);
            return model;
        }
        catch (Exception fault) when (fault is RequestFailedException or InvalidDataException or System.Text.Json.JsonException)
        {
            Log.ModelNotLoaded(log, fault);
            return _model ?? await LoadShippedAsync(cancellationToken);
        }
    }

    private async Task<AnomalyModel?> LoadShippedAsync(CancellationToken cancellationToken)
    {
        string path = Path.Combine(AppContext.BaseDirectory, options.Value.ShippedModel);
        if (!File.Exists(path))
        {
            Log.NoModel(log, path);
            return null;
        }

        AnomalyModel model = ModelFile.Read(await File.ReadAllBytesAsync(path, cancellationToken));
        Log.ModelLoaded(log, model.Version, path);
        return model;
    }
}
