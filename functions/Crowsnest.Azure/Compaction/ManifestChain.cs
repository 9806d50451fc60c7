using Crowsnest.Azure.Storage;
using Crowsnest.Core.Archiving;

namespace Crowsnest.Azure.Compaction;

/// <summary>The manifests of the archive, each of which names the hash of the one before it.</summary>
/// <param name="store">The archive.</param>
internal sealed class ManifestChain(IArchiveStore store)
{
    private readonly Dictionary<DateTimeOffset, List<string>> _byHour = [];
    private string? _last;
    private int _number;

    /// <summary>Finds the manifests.</summary>
    internal async Task LoadAsync(CancellationToken cancellationToken)
    {
        await foreach (ArchiveItem item in store.ListAsync(ArchivePath.ManifestPrefix, cancellationToken))
        {
            if (HourManifest.NumberOf(item.Path) is { } number)
            {
                Add(item.Path, number);
            }
        }
    }

    /// <summary>Paths of all manifests in the order of the chain.</summary>
    internal IReadOnlyList<string> Paths => [.. _byHour.Values.SelectMany(static paths => paths).OrderBy(HourManifest.NumberOf)];

    /// <summary>The manifests of an hour.</summary>
    internal async Task<List<HourManifest>> OfHourAsync(DateTimeOffset hour, CancellationToken cancellationToken)
    {
        List<HourManifest> manifests = [];
        foreach (string path in _byHour.GetValueOrDefault(hour, []))
        {
            manifests.Add(HourManifest.Parse(await ReadAsync(path, cancellationToken)));
        }

        return manifests;
    }

    /// <summary>The raw blobs of an hour that were compacted, or set aside.</summary>
    internal async Task<HashSet<string>> DoneAsync(DateTimeOffset hour, CancellationToken cancellationToken)
    {
        HashSet<string> done = new(StringComparer.Ordinal);
        foreach (HourManifest manifest in await OfHourAsync(hour, cancellationToken))
        {
            done.UnionWith(manifest.Raw.Select(static raw => raw.Blob));
            done.UnionWith(manifest.Quarantined.Keys);
        }

        return done;
    }

    /// <summary>Each file of events with what the last manifest that names it says.</summary>
    internal async Task<Dictionary<string, ArchiveFileNote>> FilesAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, ArchiveFileNote> files = new(StringComparer.Ordinal);
        foreach (string path in Paths)
        {
            foreach (ArchiveFileNote file in HourManifest.Parse(await ReadAsync(path, cancellationToken)).Files)
            {
                files[file.Events] = file;
            }
        }

        return files;
    }

    /// <summary>Puts a manifest at the end of the chain.</summary>
    internal async Task AppendAsync(HourManifest manifest, CancellationToken cancellationToken)
    {
        string previous = _last is null ? "" : HourManifest.HashOf(await ReadAsync(_last, cancellationToken));
        HourManifest next = manifest with { Number = _number + 1, Previous = previous };
        if (!await store.WriteAsync(next.Path, new MemoryStream(next.ToJson()), replaces: null, cancellationToken))
        {
            throw new IOException($"{next.Path} was written by somebody else at the same time; the next run goes on");
        }

        Add(next.Path, next.Number);
    }

    /// <summary>The bytes of a manifest.</summary>
    internal async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        using MemoryStream content = new();
        return await store.ReadAsync(path, content, cancellationToken) is null
            ? throw new FileNotFoundException($"{path} was listed and is gone") : content.ToArray();
    }

    private void Add(string path, int number)
    {
        if (ArchivePath.TryParseHour(path[ArchivePath.ManifestPrefix.Length..], out DateTimeOffset hour))
        {
            if (!_byHour.TryGetValue(hour, out List<string>? paths))
            {
                _byHour.Add(hour, paths = []);
            }

            paths.Add(path);
            (_last, _number) = number > _number ? (path, number) : (_last, _number);
        }
    }
}
