using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using Crowsnest.Azure.Hubs;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Output;
using Crowsnest.LocalHost.Replay;
using Crowsnest.Testing;

namespace Crowsnest.LocalHost.Tests.EndToEnd;

/// <summary>What end-to-end tests do again and again.</summary>
internal static class Steps
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The messages of the recorded attack, as those of a cluster of its own.</summary>
    /// <param name="cluster">Upper case, as AKS writes it.</param>
    internal static async Task<List<ReadOnlyMemory<byte>>> RecordedAttackAsync(string cluster)
    {
        List<ReadOnlyMemory<byte>> messages = [];
        await foreach (ReadOnlyMemory<byte> message in MessageLines.ReadAsync(RepositoryFiles.Sample, static _ => { }, Cancellation))
        {
            string text = Encoding.UTF8.GetString(message.Span);
            messages.Add(Encoding.UTF8.GetBytes(text.Replace("/LAB\"", $"/{cluster}\"", StringComparison.Ordinal)));
        }

        return messages;
    }

    internal static async Task SendAsync(HubConnection hub, IEnumerable<ReadOnlyMemory<byte>> messages)
    {
        await using HubSender sender = new(hub.CreateProducer());
        foreach (ReadOnlyMemory<byte> message in messages)
        {
            await sender.AddAsync(message, Cancellation);
        }

        await sender.FlushAsync(Cancellation);
    }

    /// <summary>Waits until all that the hub has now is dealt with.</summary>
    internal static async Task DealtWithAsync(LocalStack stack)
    {
        await using HubProgress progress = stack.Progress();
        IReadOnlyDictionary<string, (long First, long Last)> sofar = await progress.NowAsync(Cancellation);
        while (await progress.BehindAsync(sofar, Cancellation) > 0)
        {
            await stack.ThrowIfFailedAsync();
            await Task.Delay(20, Cancellation);
        }
    }

    /// <summary>
    /// What batches have come to: the detections of rules and model, whole but for where their evidence lies, which depends on how
    /// batches were cut. Those of correlations depend on whether the minute's timer has run, where it runs by itself.
    /// </summary>
    /// <param name="storage">Where they are.</param>
    /// <param name="cluster">The beginning of its name, lower case.</param>
    internal static async Task<string[]> ShapesAsync(StorageClients storage, string cluster) =>
    [
        .. (await DetectionsAsync(storage, cluster)).Where(static detection => detection.Source != DetectionSource.Correlation)
            .Select(static detection => JsonSerializer.Serialize(detection with { Evidence = [] }, OutputJson.Lines.Detection))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>All detections of a cluster.</summary>
    /// <param name="storage">Where they are.</param>
    /// <param name="cluster">The beginning of its name, lower case.</param>
    internal static async Task<List<Detection>> DetectionsAsync(StorageClients storage, string cluster)
    {
        List<Detection> detections = [];
        await foreach (TableEntity row in storage.Tables.GetTableClient(StorageNames.DetectionsTable).QueryAsync<TableEntity>(
            $"RowKey ge 'found|{cluster}' and RowKey lt 'found|{cluster}~'", cancellationToken: Cancellation))
        {
            // Beside the detections lies who opened and used what.
            if (row.GetString("Json") is { } json)
            {
                detections.Add(JsonSerializer.Deserialize(json, OutputJson.Lines.Detection)!);
            }
        }

        return detections;
    }
}
