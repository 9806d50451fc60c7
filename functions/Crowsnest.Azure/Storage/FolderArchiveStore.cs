using System.Globalization;

namespace Crowsnest.Azure.Storage;

/// <summary>The archive in a folder: a copy of the container, or what was made on this machine.</summary>
/// <param name="folder">The folder that the paths start at.</param>
public sealed class FolderArchiveStore(string folder) : IArchiveStore
{
    // What is being written is no file of the archive yet.
    private const string Unfinished = ".part";

    private readonly string _root = Path.GetFullPath(folder);

    public string Name => _root;

    public async IAsyncEnumerable<ArchiveItem> ListAsync(
        string prefix,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        string start = PathOf(prefix[..(prefix.LastIndexOf('/') + 1)]);
        if (!Directory.Exists(start))
        {
            yield break;
        }

        foreach (FileInfo file in new DirectoryInfo(start).EnumerateFiles("*", SearchOption.AllDirectories)
            .Where(file => file.Extension != Unfinished && NameOf(file.FullName).StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(file => NameOf(file.FullName), StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return ItemOf(NameOf(file.FullName), file);
        }
    }

    public async IAsyncEnumerable<string> ListFoldersAsync(
        string prefix,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        string start = PathOf(prefix);
        if (!Directory.Exists(start))
        {
            yield break;
        }

        foreach (string child in Directory.EnumerateDirectories(start).Order(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return NameOf(child) + "/";
        }
    }

    public Task<ArchiveItem?> FindAsync(string path, CancellationToken cancellationToken)
    {
        FileInfo file = new(PathOf(path));
        return Task.FromResult(file.Exists ? ItemOf(path, file) : null);
    }

    public async Task<ArchiveItem?> ReadAsync(string path, Stream content, CancellationToken cancellationToken)
    {
        FileInfo file = new(PathOf(path));
        if (!file.Exists)
        {
            return null;
        }

        await using FileStream stream = file.OpenRead();
        await stream.CopyToAsync(content, cancellationToken);
        return ItemOf(path, file);
    }

    public async Task<bool> WriteAsync(string path, Stream content, string? replaces, CancellationToken cancellationToken)
    {
        string target = PathOf(path);
        if ((await FindAsync(path, cancellationToken))?.ETag != replaces)
        {
            return false;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        await using (FileStream file = File.Create(target + Unfinished))
        {
            await content.CopyToAsync(file, cancellationToken);
        }

        File.Move(target + Unfinished, target, overwrite: true);
        return true;
    }

    public string? LocalPath(string path) => PathOf(path);

    public async Task<bool> DeleteAsync(ArchiveItem item, CancellationToken cancellationToken)
    {
        if ((await FindAsync(item.Path, cancellationToken))?.ETag != item.ETag)
        {
            return false;
        }

        File.Delete(PathOf(item.Path));
        return true;
    }

    // Paths come out of manifests too, which are data.
    private string PathOf(string path)
    {
        string full = Path.GetFullPath(Path.Combine(_root, path));
        return full == _root || full.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? full
            : throw new InvalidDataException($"{path} lies outside of the archive");
    }

    private string NameOf(string full) => Path.GetRelativePath(_root, full).Replace(Path.DirectorySeparatorChar, '/');

    private static ArchiveItem ItemOf(string path, FileInfo file) => new(
        path, file.Length, string.Create(CultureInfo.InvariantCulture, $"{file.LastWriteTimeUtc.Ticks:x}-{file.Length:x}"));
}
