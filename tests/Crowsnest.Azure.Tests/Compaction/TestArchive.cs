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
        Compactor(store ?? Store, Rules, memory).RunAsync(
            null, before ?? DateTimeOffset.MaxValue, static _ => { }, Fail, TestContext.Current.CancellationToken);

    /// <summary>Makes the files of a day anew.</summary>
    internal Task<(int Hours, int Changed)> AgainAsync(RuleSet? rules = null) => Compactor(Store, rules ?? Rules, memory: 64).AgainAsync(
        Hour.AddHours(-Hour.Hour), Hour.AddHours(-Hour.Hour).AddDays(1), static _ => { }, Fail, TestContext.Current.CancellationToken);

    private static ArchiveCompactor Compactor(IArchiveStore store, RuleSet rules, int memory) =>
        new(store, rules, new AuditEventParser(), "default", new CompactionOptions { MemoryMegabytes = memory });

    private static void Fail(DateTimeOffset hour, Exception fault) => throw new InvalidOperationException(fault.Message, fault);

    /// <summary>The files that compaction made, and a hash of each.</summary>
    internal SortedDictionary<string, string> Made(bool manifests = true) => new(
        Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Select(file => (Path: Path.GetRelativePath(Folder, file).Replace('\\', '/'), Hash: HourFiles.HashOf(file)))
            .Where(file => !file.Path.StartsWith("raw/", StringComparison.Ordinal)
                && (manifests || !file.Path.StartsWith("manifest/", StringComparison.Ordinal)))
            .ToDictionary(static file => file.Path, static file => file.Hash),
        StringComparer.Ordinal);
}
