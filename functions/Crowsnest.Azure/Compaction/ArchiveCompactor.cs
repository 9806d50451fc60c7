using Crowsnest.Azure.Storage;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Rules;

namespace Crowsnest.Azure.Compaction;

/// <summary>Compacts the raw blobs that have not been yet, hour by hour; each hour that is done stays done.</summary>
/// <param name="store">The archive.</param>
/// <param name="rules">The rules whose correlations want to know what is usual.</param>
/// <param name="parser">Reads the events, as intake does.</param>
/// <param name="defaultCluster">Cluster of old blobs whose paths name none.</param>
/// <param name="options">How much memory, and where files on their way lie.</param>
public sealed class ArchiveCompactor(
    IArchiveStore store, RuleSet rules, AuditEventParser parser, string defaultCluster, CompactionOptions options)
{
    /// <summary>Compacts.</summary>
    /// <param name="from">The first hour of arrival to look at, or null for all.</param>
    /// <param name="before">Hours from this time on are left for later.</param>
    /// <param name="told">Hears of each hour that is done.</param>
    /// <param name="failed">Hears of each hour whose stored files are damaged; it costs only itself.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many manifests were written.</returns>
    public async Task<int> RunAsync(
        DateTimeOffset? from,
        DateTimeOffset before,
        Action<HourManifest> told,
        Action<DateTimeOffset, Exception> failed,
        CancellationToken cancellationToken)
    {
        ManifestChain chain = new(store);
        await chain.LoadAsync(cancellationToken);
        HourCompactor compactor = new(store, rules, parser, defaultCluster, options.MemoryMegabytes * (1L << 20));
        int written = 0;
        foreach ((DateTimeOffset hour, List<ArchiveItem> blobs) in await new RawListing(store).FindAsync(from, before, cancellationToken))
        {
            HashSet<string> done = await chain.DoneAsync(hour, cancellationToken);
            string[] left = [.. blobs.Select(static blob => blob.Path).Where(blob => !done.Contains(blob)).Order(StringComparer.Ordinal)];
            if (left.Length == 0)
            {
                continue;
            }

            string folder = options.NewFolder();
            try
            {
                HourManifest manifest = await compactor.RunAsync(hour, left, folder, cancellationToken);
                await chain.AppendAsync(manifest, cancellationToken);
                told(manifest);
                written++;
            }
            catch (InvalidDataException damaged)
            {
                failed(hour, damaged);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        return written;
    }

    /// <summary>
    /// Makes the files of hours of event time anew from their events, as after a change of rules. What comes out the same is left alone:
    /// a second run writes nothing.
    /// </summary>
    /// <param name="from">The first moment; its whole hour is made anew.</param>
    /// <param name="to">The moment after the last.</param>
    /// <param name="told">Hears of each hour that came out otherwise.</param>
    /// <param name="failed">Hears of each hour whose stored files are damaged; it costs only itself.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many hours there are, and how many came out otherwise.</returns>
    public async Task<(int Hours, int Changed)> AgainAsync(
        DateTimeOffset from,
        DateTimeOffset to,
        Action<HourManifest> told,
        Action<DateTimeOffset, Exception> failed,
        CancellationToken cancellationToken)
    {
        ManifestChain chain = new(store);
        await chain.LoadAsync(cancellationToken);
        Dictionary<string, ArchiveFileNote> known = await chain.FilesAsync(cancellationToken);
        HourCompactor compactor = new(store, rules, parser, defaultCluster, options.MemoryMegabytes * (1L << 20));
        (int hours, int changed) = (0, 0);
        foreach (IGrouping<DateTimeOffset, EventPlace> hour in (await EventListing.FindAsync(store, from, to, cancellationToken))
            .GroupBy(static place => place.Hour).OrderBy(static hour => hour.Key))
        {
            hours++;
            string folder = options.NewFolder();
            try
            {
                List<ArchiveFileNote> files = [];
                foreach (EventPlace place in hour.OrderBy(static place => place.Cluster, StringComparer.Ordinal))
                {
                    ArchiveFileNote? before = known.GetValueOrDefault(ArchivePath.Events(place.Cluster, place.Hour));
                    ArchiveFileNote after = await compactor.AgainAsync(place, folder, cancellationToken);
                    if (before is null || before.Sha256.Count != after.Sha256.Count || before.Sha256.Except(after.Sha256).Any())
                    {
                        files.Add(after);
                    }
                }

                if (files.Count > 0)
                {
                    HourManifest manifest = new(0, "", hour.Key, [], new Dictionary<string, string>(), files);
                    await chain.AppendAsync(manifest, cancellationToken);
                    told(manifest);
                    changed++;
                }
            }
            catch (InvalidDataException damaged)
            {
                failed(hour.Key, damaged);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        return (hours, changed);
    }
}
