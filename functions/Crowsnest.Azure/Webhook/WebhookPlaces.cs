using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Webhook;

/// <summary>How many bodies may be stored at once: a flood of them must not fill the memory.</summary>
public sealed class WebhookPlaces(IOptions<WebhookOptions> options) : IDisposable
{
    // An API server gives up after 30 s; whoever is told to come back before that does.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _places = new(options.Value.MostAtOnce);

    public void Dispose() => _places.Dispose();

    /// <summary>Takes a place, and waits a while for one. Dispose what is returned to give it back.</summary>
    /// <returns>The place, or null when none became free.</returns>
    public async Task<IDisposable?> TryTakeAsync(CancellationToken cancellationToken) =>
        await _places.WaitAsync(Patience, cancellationToken) ? new Place(_places) : null;

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}
