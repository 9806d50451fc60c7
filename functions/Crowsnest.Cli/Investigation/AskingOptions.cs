using System.CommandLine;
using System.Text.Json;
using Crowsnest.Azure.Incidents;
using Crowsnest.Azure.Investigation;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Output;
using Crowsnest.Core.Scoring;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crowsnest.Cli.Investigation;

/// <summary>The options that say which archive is asked, and what they open.</summary>
internal sealed class AskingOptions
{
    private readonly Option<string?> _storage = StorageSource.Option();

    private readonly Option<DirectoryInfo?> _folder = ArchiveSource.Folder();

    private readonly Option<FileInfo?> _model = new("--model")
    {
        Description = "What tells how unusual an act is. Default: the deployment's model, else the one that ships.",
        Recursive = true,
    };

    private readonly Option<string?> _cluster = new("--cluster") { Description = "Only this cluster.", Recursive = true };
    private readonly Option<string?> _from = ArchiveSource.From();
    private readonly Option<string?> _to = ArchiveSource.To();

    private readonly Option<int> _limit = new("--limit")
    {
        Description = $"Rows of each table, up to {ArchiveScope.MostRows}.",
        DefaultValueFactory = static _ => new ArchiveScope().Limit,
        Recursive = true,
    };

    private readonly Option<int> _offset = new("--offset") { Description = "Rows to pass over: the pages before.", Recursive = true };

    private readonly Option<bool> _raw = new("--raw")
    {
        Description = "Show credentials as they are, where the archive has them.",
        Recursive = true,
    };

    /// <summary>The options, for a command.</summary>
    internal IEnumerable<Option> Options => [.. Places, _cluster, _from, _to, _limit, _offset, _raw];

    /// <summary>Those that say where the archive and the model are.</summary>
    internal IEnumerable<Option> Places => [_storage, _folder, _model];

    internal bool IsFolder(ParseResult parsed) => parsed.GetValue(_folder) is not null;

    internal StorageClients Storage(ParseResult parsed) => StorageSource.Open(parsed.GetValue(_storage));

    internal ArchiveScope Scope(ParseResult parsed) => new()
    {
        From = parsed.GetValue(_from) is { } from ? ArchiveSource.Time("--from", from) : null,
        To = parsed.GetValue(_to) is { } to ? ArchiveSource.Time("--to", to) : null,
        Cluster = parsed.GetValue(_cluster),
        Limit = parsed.GetValue(_limit),
        Offset = parsed.GetValue(_offset),
        IsRaw = parsed.GetValue(_raw),
    };

    /// <summary>Opens the archive.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    internal async Task<Investigator> OpenAsync(ParseResult parsed, Action<long> fetched, CancellationToken cancellationToken)
    {
        IArchiveStore store = ArchiveSource.Open(parsed.GetValue(_storage), parsed.GetValue(_folder));
        return new Investigator(store, Limits(), await ModelAsync(parsed, cancellationToken)) { Fetched = fetched };
    }

    /// <summary>The incident by its id: from a file that <c>detect</c> wrote, or from the deployment.</summary>
    internal async Task<Incident> IncidentAsync(ParseResult parsed, string id, FileInfo? file, CancellationToken cancellationToken)
    {
        if (file is not null)
        {
            return (await LinesAsync(file, OutputJson.Lines.Incident, cancellationToken)).Find(one => one.Id == id)
                ?? throw new UsageException($"{file.Name} has no incident {id}");
        }

        if (IsFolder(parsed))
        {
            throw new UsageException("a folder has no incidents: give --incidents FILE, as 'detect --incidents' writes it");
        }

        StorageClients storage = Storage(parsed);
        IncidentTable table = new(storage);
        foreach ((string cluster, DateOnly day) in (await table.ListDaysAsync(cancellationToken)).OrderByDescending(static at => at.Day))
        {
            if (await table.FindAsync(cluster, day, id, cancellationToken) is { } known)
            {
                // The row has the leading detection only.
                IncidentReader reader = new(
                    new DetectionTable(storage), new DetectionLinks(storage), NullLogger<IncidentReader>.Instance);
                return (await reader.ReadAsync([known.Parts[0]], cancellationToken)).FirstOrDefault(one => one.Id == id) ?? known;
            }
        }

        throw new UsageException($"there is no incident {id}");
    }

    /// <summary>
    /// Reads the detections of a time: from a file that <c>detect</c> wrote, or from the deployment; null when there is neither.
    /// </summary>
    internal Func<IReadOnlyList<string>, DateTimeOffset, DateTimeOffset, CancellationToken, Task<IReadOnlyList<Detection>>>? Detections(
        ParseResult parsed, FileInfo? file) =>
        file is not null
            ? async (_, from, to, cancel) =>
                [.. (await LinesAsync(file, OutputJson.Lines.Detection, cancel)).Where(one => one.Time >= from && one.Time < to)]
            : IsFolder(parsed) ? null : new DetectionTable(Storage(parsed)).ReadAsync;

    private static InvestigationOptions Limits()
    {
        InvestigationOptions limits = new();
        new ConfigurationBuilder().AddEnvironmentVariables().Build().GetSection(InvestigationOptions.Section).Bind(limits);
        return limits;
    }

    private static async Task<List<T>> LinesAsync<T>(
        FileInfo file, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        if (!file.Exists)
        {
            throw new UsageException($"there is no file {file.FullName}");
        }

        List<T> all = [];
        try
        {
            await foreach (string line in File.ReadLinesAsync(file.FullName, cancellationToken))
            {
                if (line.Length > 0)
                {
                    all.Add(JsonSerializer.Deserialize(line, type)!);
                }
            }
        }
        catch (JsonException broken)
        {
            throw new UsageException($"line {all.Count + 1} of {file.Name} is not what 'detect' writes: {broken.Message}", broken);
        }

        return all;
    }

    private async Task<AnomalyModel?> ModelAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_model) is { } file)
        {
            return await ModelSource.LoadAsync(file, cancellationToken);
        }

        if (!IsFolder(parsed))
        {
            ModelStore store = new(Storage(parsed), TimeProvider.System);
            if (await store.CurrentAsync(cancellationToken) is { } current)
            {
                return await store.LoadAsync(current.Pointer, cancellationToken);
            }
        }

        return await ModelSource.ShippedAsync(cancellationToken);
    }
}
