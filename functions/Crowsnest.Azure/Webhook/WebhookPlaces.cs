using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Webhook;

/// <summary>How many bodies may be dealt with at once: a flood of them must not fill the memory.</summary>
public sealed class WebhookPlaces(IOptions<WebhookOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _places = new(options.Value.MostAtOnce);

    public void Dispose() => _places.Dispose();

    /// <summary>Takes a place without waiting. Dispose what is returned to give it back.</summary>
    /// <returns>The place, or null when none is free.</returns>
    public IDisposable? TryTake() => _places.Wait(TimeSpan.Zero) ? new Place(_places) : null;

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}
