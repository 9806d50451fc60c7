using System.Globalization;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Crowsnest.Azure.Files;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Rules;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Content;

/// <summary>
/// The rules in use: those that ship, those of a folder, and those of the blob container <c>rules</c>. A change is picked
/// up within seconds, without a restart; a broken rule costs only itself, and while storage is away the rules stay.
/// </summary>
public sealed class CurrentRules : IDisposable
{
    private readonly BlobContainerClient _container;
    private readonly ILogger<CurrentRules> _log;
    private readonly IReadOnlyList<(string Name, string Yaml)> _shipped;
    private readonly string _folder;
    private readonly Watched<RuleSet> _watched;
    private string? _seen;
    private IReadOnlyList<(string Name, string Yaml)> _files = [];

    public CurrentRules(
        StorageClients storage,
        TimeProvider clock,
        IOptions<CrowsnestOptions> options,
        ILogger<CurrentRules> log)
    {
        _log = log;
        _container = storage.Blobs.GetBlobContainerClient(StorageNames.RulesContainer);
        _shipped = RuleFiles.Read(Path.Combine(AppContext.BaseDirectory, options.Value.RulesFolder));
        _folder = options.Value.UserRulesFolder;
        _watched = new Watched<RuleSet>(clock, TimeSpan.FromSeconds(options.Value.ReloadSeconds), LookAsync);
    }

    public Task<RuleSet> GetAsync(CancellationToken cancellationToken) => _watched.GetAsync(cancellationToken);

    /// <summary>What the file of a rule in use says; null when it is none.</summary>
    public string? TextOf(SigmaRule rule) => _files.LastOrDefault(file => file.Name == rule.File).Yaml;

    public void Dispose() => _watched.Dispose();

    private async Task<RuleSet> LookAsync(RuleSet? current, CancellationToken cancellationToken)
    {
        try
        {
            List<BlobItem> blobs = await ListAsync(cancellationToken);
            string seen = string.Join('\n', Stamps().Concat(blobs.Select(static blob => $"{blob.Name} {blob.Properties.ETag}")));
            if (current is not null && seen == _seen)
            {
                return current;
            }

            List<(string, string)> files = [.. _shipped, .. _folder.Length > 0 ? RuleFiles.Read(_folder) : []];
            foreach (BlobItem blob in blobs)
            {
                BlobDownloadResult content = await _container.GetBlobClient(blob.Name).DownloadContentAsync(cancellationToken);
                files.Add(($"{StorageNames.RulesContainer}/{blob.Name}", content.Content.ToString()));
            }

            _seen = seen;
            return Load(files);
        }
        catch (Exception fault) when (fault is RequestFailedException or AggregateException or IOException or UnauthorizedAccessException)
        {
            Log.RulesNotRead(_log, fault);
            return current ?? Load(_shipped);
        }
    }

    private RuleSet Load(IReadOnlyList<(string Name, string Yaml)> files)
    {
        RuleSet rules = RuleSet.Load(files);
        _files = files;
        foreach (RuleError error in rules.Errors)
        {
            Log.RuleLeftOut(_log, error.File, error.Line, error.Message);
        }

        Log.RulesLoaded(_log, rules.Rules.Count, files.Count - _shipped.Count, rules.Errors.Count);
        return rules;
    }

    private async Task<List<BlobItem>> ListAsync(CancellationToken cancellationToken)
    {
        List<BlobItem> blobs = [];
        try
        {
            await foreach (BlobItem blob in _container.GetBlobsAsync(cancellationToken: cancellationToken))
            {
                if (Path.GetExtension(blob.Name) is ".yml" or ".yaml")
                {
                    blobs.Add(blob);
                }
            }
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            // No container: nobody has put rules there.
        }

        return blobs;
    }

    private IEnumerable<string> Stamps() => _folder.Length == 0 ? [] :
        new DirectoryInfo(_folder).EnumerateFiles("*.y*ml", SearchOption.AllDirectories)
            .OrderBy(static file => file.FullName, StringComparer.Ordinal)
            .Select(static file => string.Create(
                CultureInfo.InvariantCulture, $"{file.FullName} {file.LastWriteTimeUtc.Ticks} {file.Length}"));
}
