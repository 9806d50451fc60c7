using Crowsnest.Azure.Storage;

namespace Crowsnest.Azure.Investigation;

/// <summary>An archive as it would be after a compaction: what is written goes to a folder on top of it.</summary>
internal sealed class OverlayArchiveStore(IArchiveStore below, FolderArchiveStore above) : IArchiveStore
{
    public string Name => below.Name;

    public async IAsyncEnumerable<ArchiveItem> ListAsync(
        string prefix,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        SortedDictionary<string, ArchiveItem> all = new(StringComparer.Ordinal);
        foreach (IArchiveStore store in new[] { below, above })
        {
            await foreach (ArchiveItem item in store.ListAsync(prefix, cancellationToken))
            {
                all[item.Path] = item;
            }
        }

        foreach (ArchiveItem item in all.Values)
        {
            yield return item;
        }
    }

    public async IAsyncEnumerable<string> ListFoldersAsync(
        string prefix,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        SortedSet<string> all = new(StringComparer.Ordinal);
        foreach (IArchiveStore store in new[] { below, above })
        {
            await foreach (string folder in store.ListFoldersAsync(prefix, cancellationToken))
            {
                all.Add(folder);
            }
        }

        foreach (string folder in all)
        {
            yield return folder;
        }
    }

    public async Task<ArchiveItem?> FindAsync(string path, CancellationToken cancellationToken) =>
        await above.FindAsync(path, cancellationToken) ?? await below.FindAsync(path, cancellationToken);

    public async Task<ArchiveItem?> ReadAsync(string path, Stream content, CancellationToken cancellationToken) =>
        await above.ReadAsync(path, content, cancellationToken) ?? await below.ReadAsync(path, content, cancellationToken);

    // The compaction replaces what it read, which may lie below.
    public async Task<bool> WriteAsync(string path, Stream content, string? replaces, CancellationToken cancellationToken) =>
        await above.WriteAsync(path, content, (await above.FindAsync(path, cancellationToken))?.ETag, cancellationToken);

    // Nothing is taken away from what lies below.
    public Task<bool> DeleteAsync(ArchiveItem item, CancellationToken cancellationToken) => Task.FromResult(false);

    public string? LocalPath(string path) =>
        above.LocalPath(path) is { } written && File.Exists(written) ? written : below.LocalPath(path);
}
