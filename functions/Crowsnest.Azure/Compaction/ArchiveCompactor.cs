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
        foreach ((DateTimeOffset hour, List<string> blobs) in await RawAsync(from, before, cancellationToken))
        {
            HashSet<string> done = await chain.DoneAsync(hour, cancellationToken);
            string[] left = [.. blobs.Where(blob => !done.Contains(blob)).Order(StringComparer.Ordinal)];
            if (left.Length == 0)
            {
                continue;
            }

            string folder = Path.Combine(
                options.WorkFolder.Length > 0 ? options.WorkFolder : Path.GetTempPath(), $"crowsnest-compaction-{Guid.NewGuid():N}");
            Directory.CreateDirectory(folder);
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

    private async Task<SortedDictionary<DateTimeOffset, List<string>>> RawAsync(
        DateTimeOffset? from, DateTimeOffset before, CancellationToken cancellationToken)
    {
        SortedDictionary<DateTimeOffset, List<string>> found = [];
        await foreach (string folder in DatesAsync(from, before, cancellationToken))
        {
            await foreach (ArchiveItem item in store.ListAsync(folder, cancellationToken))
            {
                if (RawPath.Parse(item.Path) is { } path && path.Hour < before && (from is null || path.Hour >= from))
                {
                    if (!found.TryGetValue(path.Hour, out List<string>? blobs))
                    {
                        found.Add(path.Hour, blobs = []);
                    }

                    blobs.Add(item.Path);
                }
            }
        }

        return found;
    }

    // raw/date=…/ as it is written now, and raw/cluster=…/date=…/ as it was.
    private async IAsyncEnumerable<string> DatesAsync(
        DateTimeOffset? from,
        DateTimeOffset before,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (string folder in store.ListFoldersAsync(RawArchive.RawPrefix, cancellationToken))
        {
            if (ArchivePath.DateOf(folder) is { } date)
            {
                if (IsWithin(date))
                {
                    yield return folder;
                }

                continue;
            }

            await foreach (string inner in store.ListFoldersAsync(folder, cancellationToken))
            {
                if (ArchivePath.DateOf(inner) is { } day && IsWithin(day))
                {
                    yield return inner;
                }
            }
        }

        bool IsWithin(DateTimeOffset date) => date < before && (from is null || date.AddDays(1) > from);
    }
}
