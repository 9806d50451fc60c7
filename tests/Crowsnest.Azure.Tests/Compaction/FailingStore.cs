using Crowsnest.Azure.Storage;

namespace Crowsnest.Azure.Tests.Compaction;

/// <summary>A store that stops answering after some calls, as for a process that is killed.</summary>
internal sealed class FailingStore(IArchiveStore store, int calls) : IArchiveStore
{
    private int _left = calls;

    public string Name => store.Name;

    public IAsyncEnumerable<ArchiveItem> ListAsync(string prefix, CancellationToken cancellationToken) =>
        store.ListAsync(prefix, cancellationToken);

    public IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellationToken) =>
        store.ListFoldersAsync(prefix, cancellationToken);

    public Task<ArchiveItem?> FindAsync(string path, CancellationToken cancellationToken) => store.FindAsync(path, cancellationToken);

    public Task<ArchiveItem?> ReadAsync(string path, Stream content, CancellationToken cancellationToken)
    {
        Count();
        return store.ReadAsync(path, content, cancellationToken);
    }

    public async Task<bool> WriteAsync(string path, Stream content, string? replaces, CancellationToken cancellationToken)
    {
        Count();
        bool written = await store.WriteAsync(path, content, replaces, cancellationToken);
        Count();
        return written;
    }

    public Task<bool> DeleteAsync(ArchiveItem item, CancellationToken cancellationToken) => store.DeleteAsync(item, cancellationToken);

    private void Count()
    {
        if (_left-- == 0)
        {
            throw new IOException("killed");
        }
    }
}
