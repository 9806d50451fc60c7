using System.Globalization;
using System.Security.Cryptography;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;

namespace Crowsnest.Azure.Compaction;

/// <summary>
/// Proves that the archive is whole: the manifests' chain holds, every file is the one that the last manifest names, every raw blob that is
/// still there is as it was compacted, and of each partition no messages are missing between two blobs.
/// </summary>
/// <param name="store">The archive.</param>
/// <param name="deep">True to count the events of every file anew, which reads all of it.</param>
/// <param name="now">The time: what arrived lately need not be compacted yet.</param>
/// <param name="from">Files of hours before it may be missing: they have expired.</param>
public sealed class ArchiveVerifier(IArchiveStore store, bool deep, DateTimeOffset now, DateTimeOffset from = default)
{
    // The compactor takes an hour at 20 past the next one, and may be an hour late.
    private static readonly TimeSpan Delay = TimeSpan.FromHours(3);

    private readonly List<string> _faults = [];

    /// <summary>Verifies.</summary>
    /// <returns>What is wrong, a line each, and how much was looked at.</returns>
    public async Task<(IReadOnlyList<string> Faults, int Manifests, int Files, int Raw)> RunAsync(CancellationToken cancellationToken)
    {
        ManifestChain chain = new(store);
        await chain.LoadAsync(cancellationToken);
        List<HourManifest> manifests = await FollowAsync(chain, cancellationToken);
        Dictionary<string, ArchiveFileNote> files = new(StringComparer.Ordinal);
        Dictionary<string, RawBlobNote> raw = new(StringComparer.Ordinal);
        foreach (HourManifest manifest in manifests)
        {
            manifest.Files.ToList().ForEach(file => files[file.Events] = file);
            manifest.Raw.ToList().ForEach(blob => raw[blob.Blob] = blob);
        }

        foreach (ArchiveFileNote file in files.Values)
        {
            await VerifyAsync(file, cancellationToken);
        }

        HashSet<string> aside = [.. manifests.SelectMany(static manifest => manifest.Quarantined.Keys)];
        int found = await VerifyRawAsync(raw, aside, cancellationToken);
        await FindUnnamedAsync([.. files.Values.SelectMany(static file => file.Sha256.Keys)], cancellationToken);
        FindGaps(raw.Keys.Concat(aside));
        return (_faults, manifests.Count, files.Count, found);
    }

    private async Task<List<HourManifest>> FollowAsync(ManifestChain chain, CancellationToken cancellationToken)
    {
        List<HourManifest> manifests = [];
        string? previous = null;
        int number = 0;
        foreach (string path in chain.Paths)
        {
            byte[] json = await chain.ReadAsync(path, cancellationToken);
            try
            {
                HourManifest manifest = HourManifest.Parse(json);
                // The first that is left may be any: those before it have expired, with what they name.
                if (manifest.Path != path || (previous is not null && (manifest.Previous != previous || manifest.Number != number + 1)))
                {
                    _faults.Add($"{path} does not follow the manifest before it");
                }

                number = manifest.Number;
                manifests.Add(manifest);
            }
            catch (InvalidDataException broken)
            {
                _faults.Add($"{path} can't be read: {broken.Message}");
            }

            previous = HourManifest.HashOf(json);
        }

        return manifests;
    }

    private async Task VerifyAsync(ArchiveFileNote note, CancellationToken cancellationToken)
    {
        foreach ((string path, string hash) in note.Sha256)
        {
            string file = Path.GetTempFileName();
            try
            {
                await using (FileStream content = File.Create(file))
                {
                    if (await store.ReadAsync(path, content, cancellationToken) is null)
                    {
                        bool hasExpired = ArchivePath.TryParse(path, out _, out DateTimeOffset hour) && hour < from;
                        _faults.AddRange(hasExpired ? [] : [$"{path} is missing"]);
                        continue;
                    }
                }

                if (HourFiles.HashOf(file) != hash)
                {
                    _faults.Add($"{path} is not as it was written");
                }
                else if (deep && path == note.Events)
                {
                    Count(note, file);
                }
            }
            finally
            {
                File.Delete(file);
            }
        }
    }

    private void Count(ArchiveFileNote note, string file)
    {
        _ = ArchivePath.TryParse(note.Events, out string cluster, out _);
        KeySum sum = HourFiles.Count(file, cluster, new AuditEventParser());
        if (sum.Rows != note.Rows || sum.Sum.ToString("x16", CultureInfo.InvariantCulture) != note.KeySum)
        {
            _faults.Add($"{note.Events} has {sum.Rows} events and should have {note.Rows}, or other ones");
        }
    }

    // A raw blob that is no longer there has expired; what it held is in the files.
    private async Task<int> VerifyRawAsync(
        Dictionary<string, RawBlobNote> notes, HashSet<string> aside, CancellationToken cancellationToken)
    {
        int found = 0;
        SortedDictionary<DateTimeOffset, int> unnamed = [];
        await foreach (ArchiveItem item in store.ListAsync(RawArchive.RawPrefix, cancellationToken))
        {
            found++;
            if (RawPath.Parse(item.Path) is not { } path)
            {
                _faults.Add($"{item.Path} is no raw blob, and is never compacted");
            }
            else if (!notes.TryGetValue(item.Path, out RawBlobNote? note))
            {
                if (path.Hour + Delay <= now && !aside.Contains(item.Path))
                {
                    unnamed[path.Hour] = unnamed.TryGetValue(path.Hour, out int before) ? before + 1 : 1;
                }
            }
            else if (item.Length != note.Length || await IsOtherAsync(note, cancellationToken))
            {
                _faults.Add($"{item.Path} is not as it was compacted");
            }
        }

        _faults.AddRange(unnamed.Select(static hour => string.Create(
            CultureInfo.InvariantCulture,
            $"{hour.Value} raw blobs that arrived at {hour.Key.UtcDateTime:yyyy-MM-dd HH}h UTC are named by no manifest: "
            + $"they were not compacted, or the end of the chain is gone")));

        return found;
    }

    // A chain whose last manifests were taken out is whole; what they named is still there.
    private async Task FindUnnamedAsync(HashSet<string> named, CancellationToken cancellationToken)
    {
        foreach (string prefix in new[] { ArchivePath.EventsPrefix, ArchivePath.LedgerPrefix, ArchivePath.TrainingPrefix })
        {
            await foreach (ArchiveItem item in store.ListAsync(prefix, cancellationToken))
            {
                if (!named.Contains(item.Path)
                    && !(ArchivePath.TryParse(item.Path, out _, out DateTimeOffset hour) && hour + Delay > now))
                {
                    _faults.Add($"{item.Path} is named by no manifest: the end of the chain is gone, or a compaction was broken off");
                }
            }
        }
    }

    private async Task<bool> IsOtherAsync(RawBlobNote note, CancellationToken cancellationToken)
    {
        if (!deep)
        {
            return false;
        }

        using MemoryStream content = new();
        await store.ReadAsync(note.Blob, content, cancellationToken);
        return Convert.ToHexStringLower(SHA256.HashData(content.GetBuffer().AsSpan(0, (int)content.Length))) != note.Sha256;
    }

    // Batches overlap where they were delivered again; bodies of the webhook have no order.
    private void FindGaps(IEnumerable<string> blobs)
    {
        foreach (IGrouping<string, RawPath> partition in blobs.Select(RawPath.Parse).OfType<RawPath>()
            .Where(static path => path.Partition.All(char.IsAsciiDigit))
            .GroupBy(static path => path.Partition).OrderBy(static group => group.Key, StringComparer.Ordinal))
        {
            long? reached = null;
            foreach (RawPath path in partition.OrderBy(static path => path.First).ThenBy(static path => path.Last))
            {
                if (path.First > reached + 1)
                {
                    _faults.Add($"messages {reached + 1} to {path.First - 1} of partition {path.Partition} are missing");
                }

                reached = Math.Max(reached ?? path.Last, path.Last);
            }
        }
    }
}
