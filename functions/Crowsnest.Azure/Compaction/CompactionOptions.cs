using System.ComponentModel.DataAnnotations;

namespace Crowsnest.Azure.Compaction;

/// <summary>Settings of compaction, section <c>Crowsnest:Compaction</c>.</summary>
public sealed class CompactionOptions
{
    public const string Section = "Crowsnest:Compaction";

    /// <summary>Megabytes of events that are sorted in memory; of what is more, sorted runs go to files.</summary>
    [Range(16, 8192)]
    public int MemoryMegabytes { get; set; } = 256;

    /// <summary>How far back raw blobs are looked for that came late, in hours: what the hub keeps, and a day more.</summary>
    [Range(2, 24 * 90)]
    public int LookBackHours { get; set; } = 192;

    /// <summary>
    /// Days after which raw blobs are deleted whose events are in the archive's files; 0 to keep all. Blobs that are not compacted stay.
    /// </summary>
    [Range(0, 36500)]
    public int RawDays { get; set; }

    /// <summary>Folder of the sorted runs and of files on their way; empty for the system's own.</summary>
    public string WorkFolder { get; set; } = "";

    /// <summary>Makes an empty folder to work in; whoever asked deletes it.</summary>
    internal string NewFolder() => Directory.CreateDirectory(
        Path.Combine(WorkFolder.Length > 0 ? WorkFolder : Path.GetTempPath(), $"crowsnest-compaction-{Guid.NewGuid():N}")).FullName;
}
