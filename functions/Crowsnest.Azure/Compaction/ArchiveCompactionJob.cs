using System.Globalization;
using Crowsnest.Azure.Content;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Compaction;

/// <summary>Compacts what has arrived. One at a time in a process: two would do the same work, and one of them in vain.</summary>
public sealed class ArchiveCompactionJob(
    IArchiveStore store,
    CurrentRules rules,
    TimeProvider clock,
    IOptions<CrowsnestOptions> options,
    IOptions<CompactionOptions> compaction,
    ILogger<ArchiveCompactionJob> log) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);

    public void Dispose() => _one.Dispose();

    /// <summary>Compacts.</summary>
    /// <param name="unfinished">True to take the hour that is not over as well: what comes later of it is merged in later.</param>
    /// <param name="cancellationToken">Gives up; hours that are done stay done.</param>
    /// <returns>What came of it, in one line; null when there was nothing to do.</returns>
    public async Task<string?> RunAsync(bool unfinished, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            CrowsnestOptions settings = options.Value;
            DateTimeOffset now = clock.GetUtcNow();
            DateTimeOffset settled = now.AddMinutes(-settings.LatenessMinutes);
            ArchiveCompactor compactor = new(
                store,
                await rules.GetAsync(cancellationToken),
                new AuditEventParser(new ClientAddressResolver(settings.ProxyNetworks.Split(
                    ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))),
                ClusterName.Sanitize(settings.DefaultCluster),
                compaction.Value);
            long events = 0;
            int hours = await compactor.RunAsync(
                now.AddHours(-compaction.Value.LookBackHours),
                unfinished ? DateTimeOffset.MaxValue : settled.AddTicks(-(settled.UtcTicks % TimeSpan.TicksPerHour)),
                manifest => events += Tell(manifest),
                (hour, fault) => Log.HourNotCompacted(log, hour.UtcDateTime, fault),
                cancellationToken);
            int expired = await ExpireAsync(now, cancellationToken);
            return hours == 0 && expired == 0 ? null : string.Create(
                CultureInfo.InvariantCulture,
                $"compacted {events} events that arrived in {hours} hours; {expired} raw blobs have expired");
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<int> ExpireAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        DateTimeOffset before = now.AddDays(-compaction.Value.RawDays);
        return compaction.Value.RawDays == 0 ? 0 : await new RawExpiry(store, compaction.Value).RunAsync(
            before.AddTicks(-(before.UtcTicks % TimeSpan.TicksPerHour)),
            (hour, why) => Log.RawKept(log, hour.UtcDateTime, why),
            cancellationToken);
    }

    private long Tell(HourManifest manifest)
    {
        foreach ((string path, string reason) in manifest.Quarantined)
        {
            Log.RawBlobDamaged(log, path, reason);
        }

        return manifest.Raw.Sum(static raw => (long)raw.Events);
    }
}
