using Crowsnest.Azure.Storage;

namespace Crowsnest.Azure.Tests.Investigation;

/// <summary>An archive whose files do not lie on this machine.</summary>
internal sealed class DistantStore(IArchiveStore inner) : IArchiveStore
{
    private int _fetched;

    /// <summary>How many Parquet files were read.</summary>
    internal int Fetched => _fetched;

    public string Name => inner.Name;

    public IAsyncEnumerable<ArchiveItem> ListAsync(string prefix, CancellationToken cancellationToken) => inner.ListAsync(prefix, cancellationToken);

    public IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellationToken) =>
        inner.ListFoldersAsync(prefix, cancellationToken);

    public Task<ArchiveItem?> FindAsync(string path, CancellationToken cancellationToken) => inner.FindAsync(path, cancellationToken);

    public Task<ArchiveItem?> ReadAsync(string path, Stream content, CancellationToken cancellationToken)
    {
        if (path.EndsWith(".parquet", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _fetched);
        }

        return inner.ReadAsync(path, content, cancellationToken);
    }

    public Task<bool> WriteAsync(string path, Stream content, string? replaces, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("a question changes nothing");

    public Task<bool> DeleteAsync(ArchiveItem item, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("a question changes nothing");
}
