using System.Text;
using Crowsnest.Azure.Investigation;
using Crowsnest.Azure.Storage;
using Crowsnest.Azure.Tests.Compaction;
using Crowsnest.Core.Scoring;
using Crowsnest.Testing;

namespace Crowsnest.Azure.Tests.Investigation;

/// <summary>An archive that is asked.</summary>
internal sealed class AskedArchive : IDisposable
{
    internal const string Cluster = "prod";

    private readonly DirectoryInfo _cache = Directory.CreateTempSubdirectory("crowsnest-cache-");
    private int _ids;

    internal TestArchive Archive { get; } = new();

    internal InvestigationOptions Options => new() { CacheFolder = _cache.FullName, MostSeconds = 600 };

    /// <summary>An event with an id of its own.</summary>
    internal EventJson Event(int minutes = 0) => new()
    {
        AuditId = $"6f0c8b6e-0000-4000-8000-{++_ids:000000000000}",
        Time = TestArchive.Hour.AddMinutes(minutes),
    };

    /// <summary>Puts events into the archive as one batch, and compacts it unless it should stay raw.</summary>
    internal async Task PutAsync(IEnumerable<string> events, bool compact = true, DateTimeOffset? arrived = null)
    {
        Archive.Put(arrived ?? TestArchive.Hour.AddMinutes(59), Cluster, events);
        if (compact)
        {
            await Archive.CompactAsync();
        }
    }

    internal Task<Report> AskAsync(
        Question question, ArchiveScope? scope = null, IArchiveStore? store = null, InvestigationOptions? options = null) =>
        new Investigator(store ?? Archive.Store, options ?? Options, Model()).AskAsync(
            question, scope ?? new ArchiveScope { Limit = 1_000 }, TestContext.Current.CancellationToken);

    /// <summary>The shipped model.</summary>
    internal static AnomalyModel Model() => ModelFile.Read(File.ReadAllBytes(Path.Combine(RepositoryFiles.Root, "ml-models/fleet.model")));

    /// <summary>The cells of a column of the first table.</summary>
    internal static IReadOnlyList<object?> Column(Report report, string column)
    {
        ReportTable table = report.Tables[0];
        int at = table.Columns.ToList().IndexOf(column);
        Assert.True(at >= 0, $"there is no column {column}");
        return [.. table.Rows.Select(row => row[at])];
    }

    internal static string Json(Report report) => Encoding.UTF8.GetString(ReportJson.Write(report));

    public void Dispose()
    {
        Archive.Dispose();
        _cache.Delete(recursive: true);
    }
}
