using System.ComponentModel.DataAnnotations;

namespace Crowsnest.Azure.Investigation;

/// <summary>Settings of questions to the archive, section <c>Crowsnest:Investigation</c>.</summary>
public sealed class InvestigationOptions
{
    public const string Section = "Crowsnest:Investigation";

    /// <summary>Folder of files that were fetched from storage; empty for one of the user's own, where nobody else can put files.</summary>
    public string CacheFolder { get; set; } = "";

    /// <summary>The folder when none is set. An instance of the app shares its temporary folder with nobody.</summary>
    internal string UsualFolder { get; private set; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "crowsnest");

    /// <summary>Megabytes that the folder keeps; what was not used for longest goes first.</summary>
    [Range(64, 1 << 20)]
    public int CacheMegabytes { get; set; } = 4096;

    /// <summary>Megabytes of files that one question may open: its cost limit.</summary>
    [Range(16, 1 << 20)]
    public int MostMegabytes { get; set; } = 8192;

    /// <summary>Seconds that one question may take.</summary>
    [Range(1, 3600)]
    public int MostSeconds { get; set; } = 300;

    /// <summary>Megabytes of memory for queries.</summary>
    [Range(128, 1 << 16)]
    public int MemoryMegabytes { get; set; } = 600;

    /// <summary>Megabytes of raw blobs that are compacted for one question, when <c>CompactArchive</c> has not come to them yet.</summary>
    [Range(0, 1 << 14)]
    public int FreshMegabytes { get; set; } = 128;

    /// <summary>What an instance can give that many ask, and that judges events as well.</summary>
    internal void LimitToService()
    {
        UsualFolder = Path.Combine(Path.GetTempPath(), "crowsnest-archive");
        CacheMegabytes = 512;
        MostMegabytes = 512;
        MostSeconds = 60;
        MemoryMegabytes = 400;
        FreshMegabytes = 64;
    }
}
