using Crowsnest.Azure.Digests;
using Crowsnest.Core.Alerting;

namespace Crowsnest.Functions.Pages.Health;

/// <summary>What the last day looked like, as the daily digest tells it; read anew after a minute.</summary>
internal sealed class DayView(DigestReader reader, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Stays = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _one = new(1);
    private DigestContent? _last;

    public void Dispose() => _one.Dispose();

    internal async Task<DigestContent> GetAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            DateTimeOffset now = clock.GetUtcNow();
            return _last is { } last && now - last.To < Stays ? last
                : _last = await reader.ReadAsync(now.AddDays(-1), now, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }
}
