using System.Globalization;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Rules;

namespace Crowsnest.Azure.Compaction;

/// <summary>
/// Compacts raw blobs that arrived in one hour: reads them, merges their events into the files of the hours that they are of, and tells
/// what a manifest says. Repeating it changes nothing, wherever it was broken off: the files follow from the set of events in them.
/// </summary>
/// <param name="store">The archive.</param>
/// <param name="rules">The rules whose correlations want to know what is usual.</param>
/// <param name="parser">Reads the events.</param>
/// <param name="defaultCluster">Cluster of old blobs whose paths name none.</param>
/// <param name="memory">Bytes of events to sort in memory.</param>
internal sealed class HourCompactor(IArchiveStore store, RuleSet rules, AuditEventParser parser, string defaultCluster, long memory)
{
    private const int BlobsAtOnce = 8;

    private readonly RawBlobReader _reader = new(parser, defaultCluster);

    /// <summary>Compacts.</summary>
    /// <param name="hour">The hour of arrival.</param>
    /// <param name="blobs">Paths of the blobs.</param>
    /// <param name="folder">An empty folder to work in.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The manifest; its place in the chain is the caller's.</returns>
    internal async Task<HourManifest> RunAsync(
        DateTimeOffset hour, IReadOnlyList<string> blobs, string folder, CancellationToken cancellationToken)
    {
        EventSpool spool = new(folder, memory);
        MemoryStream[] room = [.. Enumerable.Range(0, BlobsAtOnce).Select(static _ => new MemoryStream())];
        List<RawBlobNote> read = [];
        SortedDictionary<string, string> quarantined = new(StringComparer.Ordinal);
        foreach (string[] some in blobs.Chunk(BlobsAtOnce))
        {
            foreach ((string path, ReadOnlyMemory<byte> content) in await Task.WhenAll(
                some.Select((path, i) => LoadAsync(path, room[i], cancellationToken))))
            {
                try
                {
                    read.Add(_reader.Read(path, content, spool, cancellationToken));
                }
                catch (InvalidDataException damaged)
                {
                    // What was read of it stays; the rest of the hour goes on.
                    quarantined.Add(path, damaged.Message);
                    ArchiveBlob aside = RawArchive.SetAside(path, hour, content, damaged.Message);
                    await store.WriteAsync(aside.Path, new MemoryStream(aside.Content), replaces: null, cancellationToken);
                }
            }
        }

        List<ArchiveFileNote> files = [];
        foreach (EventPlace place in spool.Places)
        {
            files.Add(await WriteAsync(place, spool, folder, isAgain: false, cancellationToken));
        }

        return new HourManifest(0, "", hour, read, quarantined, files);
    }

    /// <summary>Makes the files of an hour anew from its file of events; those that come out the same are not written.</summary>
    /// <param name="place">The cluster and the hour.</param>
    /// <param name="folder">An empty folder to work in.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal Task<ArchiveFileNote> AgainAsync(EventPlace place, string folder, CancellationToken cancellationToken) =>
        WriteAsync(place, new EventSpool(folder, memory), folder, isAgain: true, cancellationToken);

    // What a blob is read into is used again for the next ones.
    private async Task<(string Path, ReadOnlyMemory<byte> Content)> LoadAsync(
        string path, MemoryStream room, CancellationToken cancellationToken)
    {
        room.SetLength(0);
        return await store.ReadAsync(path, room, cancellationToken) is null
            ? throw new FileNotFoundException($"{path} was listed and is gone")
            : (path, room.GetBuffer().AsMemory(0, (int)room.Length));
    }

    private async Task<ArchiveFileNote> WriteAsync(
        EventPlace place,
        EventSpool spool,
        string folder,
        bool isAgain,
        CancellationToken cancellationToken)
    {
        string own = Directory.CreateDirectory(Path.Combine(folder, "files")).FullName;
        HourFiles files = new(own, place);
        string events = ArchivePath.Events(place.Cluster, place.Hour);
        string? replaces = await FetchAsync(events, files.Stored, cancellationToken);
        KeySum sum = files.Make(spool.Runs(place), rules, parser, cancellationToken);
        Dictionary<string, string> hashes = files.Hashes();
        foreach ((string path, string file) in files.ByPath)
        {
            string? there = path == events ? replaces : (await store.FindAsync(path, cancellationToken))?.ETag;
            if (there is not null && (path == events || isAgain)
                && await HoldsAsync(path, path == events ? files.Stored : file + ".stored", hashes[path], cancellationToken))
            {
                continue;
            }

            await using FileStream content = File.OpenRead(file);
            if (!await store.WriteAsync(path, content, there, cancellationToken))
            {
                throw new IOException($"{path} was written by somebody else at the same time; the next run goes on");
            }
        }

        Directory.Delete(own, recursive: true);
        return new ArchiveFileNote(events, sum.Rows, sum.Sum.ToString("x16", CultureInfo.InvariantCulture), hashes);
    }

    private async Task<bool> HoldsAsync(string path, string file, string hash, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
        {
            await FetchAsync(path, file, cancellationToken);
        }

        return HourFiles.HashOf(file) == hash;
    }

    private async Task<string?> FetchAsync(string path, string file, CancellationToken cancellationToken)
    {
        await using FileStream content = File.Create(file);
        ArchiveItem? found = await store.ReadAsync(path, content, cancellationToken);
        content.Close();
        if (found is null)
        {
            File.Delete(file);
        }

        return found?.ETag;
    }
}
