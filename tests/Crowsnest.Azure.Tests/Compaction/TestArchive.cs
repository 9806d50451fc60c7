using System.Text;
using Crowsnest.Azure.Compaction;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Rules;

namespace Crowsnest.Azure.Tests.Compaction;

/// <summary>An archive in a folder of its own.</summary>
internal sealed class TestArchive : IDisposable
{
    internal static readonly DateTimeOffset Hour = new(2026, 11, 2, 10, 0, 0, TimeSpan.Zero);

    private static readonly RuleSet Rules = RuleSet.Load(Testing.RepositoryFiles.RuleFiles);

    private long _sequence;

    internal string Folder { get; } = Directory.CreateTempSubdirectory("crowsnest-archive-").FullName;

    internal FolderArchiveStore Store => new(Folder);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Writes a batch as intake does.</summary>
    /// <returns>The raw blob.</returns>
    internal string Put(DateTimeOffset arrived, string cluster, params IEnumerable<string> messages)
    {
        using IntakeBatch batch = new();
        MessageReader reader = new(new AuditEventParser(), cluster);
        long first = _sequence;
        foreach (string message in messages)
        {
            reader.Read(new HubMessage(Encoding.UTF8.GetBytes(message), _sequence++, arrived), batch);
        }

        IReadOnlyList<ArchiveBlob> blobs = RawArchive.Lay(batch.Records, new BatchPosition("0", first, _sequence - 1, arrived)).Blobs;
        foreach (ArchiveBlob blob in blobs)
        {
            Write(blob.Path, blob.Content);
        }

        return blobs[0].Path;
    }

    internal void Write(string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Folder, path))!);
        File.WriteAllBytes(Path.Combine(Folder, path), content);
    }

    internal Task<int> CompactAsync(IArchiveStore? store = null, int memory = 64, DateTimeOffset? before = null) =>
        new ArchiveCompactor(
            store ?? Store, Rules, new AuditEventParser(), "default", new CompactionOptions { MemoryMegabytes = memory })
            .RunAsync(
                null,
                before ?? DateTimeOffset.MaxValue,
                static _ => { },
                static (_, fault) => throw new InvalidOperationException(fault.Message, fault),
                TestContext.Current.CancellationToken);

    /// <summary>The files that compaction made, and a hash of each.</summary>
    internal SortedDictionary<string, string> Made(bool manifests = true) => new(
        Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Select(file => (Path: Path.GetRelativePath(Folder, file).Replace('\\', '/'), Hash: HourFiles.HashOf(file)))
            .Where(file => !file.Path.StartsWith("raw/", StringComparison.Ordinal)
                && (manifests || !file.Path.StartsWith("manifest/", StringComparison.Ordinal)))
            .ToDictionary(static file => file.Path, static file => file.Hash),
        StringComparer.Ordinal);
}
