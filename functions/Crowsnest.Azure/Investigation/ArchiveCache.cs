using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;

namespace Crowsnest.Azure.Investigation;

/// <summary>Files of the archive on this machine. A file is fetched again only when its ETag is another one.</summary>
internal sealed class ArchiveCache
{
    private const int MostAtOnce = 8;

    private readonly IArchiveStore _store;
    private readonly string _folder;
    private readonly long _mostKept;

    // What was used since then, another question may be reading.
    private readonly TimeSpan _longest;

    internal ArchiveCache(IArchiveStore store, InvestigationOptions options)
    {
        _store = store;
        _folder = FolderOf(store, options);
        _mostKept = options.CacheMegabytes * (1L << 20);
        _longest = TimeSpan.FromSeconds(options.MostSeconds);
    }

    /// <summary>The folder for what comes from an archive: no two archives share one.</summary>
    internal static string FolderOf(IArchiveStore store, InvestigationOptions options) => Path.Combine(
        options.CacheFolder.Length > 0 ? options.CacheFolder : options.UsualFolder,
        ContentId.Of(store.Name)[..16]);

    /// <summary>Where the files lie, in their order.</summary>
    /// <param name="files">The files.</param>
    /// <param name="fetched">Hears of bytes that were fetched.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task<string[]> FetchAsync(
        IReadOnlyList<ArchiveFile> files, Action<long> fetched, CancellationToken cancellationToken)
    {
        string[] paths = new string[files.Count];
        bool hasFetched = false;
        ParallelOptions several = new() { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, files.Count, several, async (i, cancel) =>
        {
            ArchiveItem item = files[i].Item;
            if (_store.LocalPath(item.Path) is { } local)
            {
                paths[i] = local;
                return;
            }

            paths[i] = Path.Combine(_folder, item.Path);
            string tag = paths[i] + ".etag";
            if (File.Exists(paths[i]) && File.Exists(tag) && await File.ReadAllTextAsync(tag, cancel) == item.ETag)
            {
                File.SetLastWriteTimeUtc(tag, TimeProvider.System.GetUtcNow().UtcDateTime);
                return;
            }

            await FetchAsync(item, paths[i], tag, cancel);
            fetched(item.Length);
            hasFetched = true;
        });
        if (hasFetched)
        {
            Trim([.. paths]);
        }

        return paths;
    }

    private async Task FetchAsync(ArchiveItem item, string path, string tag, CancellationToken cancellationToken)
    {
        CreatePrivate(Path.GetDirectoryName(path)!);
        string part = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            ArchiveItem? read;
            await using (FileStream content = File.Create(part))
            {
                read = await _store.ReadAsync(item.Path, content, cancellationToken)
                    ?? throw new InvestigationException($"{item.Path} was listed and is gone: ask again");
            }

            File.Delete(tag);
            File.Move(part, path, overwrite: true);
            await File.WriteAllTextAsync(tag, read.ETag, cancellationToken);
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>Audit events are nobody's business but their reader's.</summary>
    internal static void CreatePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private void Trim(HashSet<string> used)
    {
        FileInfo[] tags = [.. new DirectoryInfo(_folder).EnumerateFiles("*.etag", SearchOption.AllDirectories)
            .OrderByDescending(static tag => tag.LastWriteTimeUtc)];
        DateTime inUse = TimeProvider.System.GetUtcNow().UtcDateTime - _longest;
        long kept = 0;
        foreach (FileInfo tag in tags)
        {
            FileInfo file = new(tag.FullName[..^".etag".Length]);
            kept += file.Exists ? file.Length : 0;
            if (kept > _mostKept && !used.Contains(file.FullName) && tag.LastWriteTimeUtc < inUse)
            {
                tag.Delete();
                file.Delete();
            }
        }
    }
}
