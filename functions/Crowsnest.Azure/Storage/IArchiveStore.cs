namespace Crowsnest.Azure.Storage;

/// <summary>The archive, wherever it lies: a container of a storage account, or a folder.</summary>
public interface IArchiveStore
{
    /// <summary>Where it lies, for people.</summary>
    string Name { get; }

    /// <summary>The files below a prefix, in the order of their paths.</summary>
    IAsyncEnumerable<ArchiveItem> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>The folders right below a prefix that ends with a slash, each with its own slash at the end, in order.</summary>
    IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>What is known of a file, or null when there is none.</summary>
    Task<ArchiveItem?> FindAsync(string path, CancellationToken cancellationToken);

    /// <summary>Copies a file's content into a stream.</summary>
    /// <returns>What was copied, or null when there is none.</returns>
    Task<ArchiveItem?> ReadAsync(string path, Stream content, CancellationToken cancellationToken);

    /// <summary>Writes a file whole: nobody sees a part of it.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="content">Its content, from the beginning of the stream.</param>
    /// <param name="replaces">The ETag of the content that this one was made from; null when there must be none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when somebody else has written it in between.</returns>
    Task<bool> WriteAsync(string path, Stream content, string? replaces, CancellationToken cancellationToken);

    /// <summary>Where a file lies on this machine, for what can only read files; null when it lies elsewhere.</summary>
    string? LocalPath(string path) => null;

    /// <summary>Deletes a file, if it is the one that is known.</summary>
    /// <returns>False when it has changed, or may not be deleted.</returns>
    Task<bool> DeleteAsync(ArchiveItem item, CancellationToken cancellationToken);
}
