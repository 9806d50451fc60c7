using System.Globalization;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Crowsnest.Azure.Ingestion;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Intake;
using Crowsnest.LocalHost.Tests.Alerts;
using Crowsnest.LocalHost.Tests.EndToEnd;
using Crowsnest.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Crowsnest.LocalHost.Tests.Upgrade;

/// <summary>Rows of a version that gave each cluster partitions of its own are found, and count once with those of today.</summary>
public sealed class OldRowsTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static readonly DateTimeOffset Arrival = new(2026, 11, 3, 9, 30, 0, TimeSpan.Zero);
    private static readonly DateOnly Today = DateOnly.FromDateTime(Arrival.UtcDateTime);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_OfTheVersionBefore_LeadToTheSame(bool inOnePartition)
    {
        await using AlertBench bench = new(azurite.Connection);
        List<HubMessage> own = await IngestAsync(bench, $"NOW-{inOnePartition}");
        List<HubMessage> old = await IngestAsync(bench, $"OLD-{inOnePartition}");
        string now = await NameOfAsync(bench, $"NOW-{inOnePartition}");
        string cluster = await NameOfAsync(bench, $"OLD-{inOnePartition}");
        await AgeAsync(bench, cluster, inOnePartition);
        await MoveMarksAsync(bench);
        await bench.CorrelateAsync();
        string[] expected = await ShapesAsync(bench, now);
        IntakeCounts counts = await CountsAsync(bench, now);

        Assert.True(expected.Length >= 10, $"{expected.Length} incidents");
        Assert.Equal(expected, await ShapesAsync(bench, cluster));
        Assert.Equal(counts, await CountsAsync(bench, cluster));

        // Delivered again after the update: written anew beside what lies there.
        await DeliverAsync(bench, own);
        await DeliverAsync(bench, old);
        await bench.CorrelateAsync();

        Assert.Equal(expected, await ShapesAsync(bench, now));
        Assert.Equal(expected, await ShapesAsync(bench, cluster));
        Assert.Equal(counts, await CountsAsync(bench, cluster));
    }

    private static async Task<List<HubMessage>> IngestAsync(AlertBench bench, string cluster)
    {
        List<HubMessage> messages = [];
        foreach (ReadOnlyMemory<byte> message in await Steps.RecordedAttackAsync(cluster))
        {
            messages.Add(new HubMessage(message, messages.Count + 1, Arrival));
        }

        await DeliverAsync(bench, messages);
        return messages;
    }

    private static async Task DeliverAsync(AlertBench bench, List<HubMessage> messages)
    {
        foreach (HubMessage[] batch in messages.Chunk(64))
        {
            await bench.Services.GetRequiredService<IAuditIngestor>().IngestAsync(batch, "0", Cancellation);
        }
    }

    // Brings the rows of a cluster to where a version until 0.1 has put them.
    private static async Task AgeAsync(AlertBench bench, string cluster, bool inOnePartition)
    {
        TableClient activity = bench.Storage.Tables.GetTableClient(StorageNames.ActivityTable);
        TableClient detections = bench.Storage.Tables.GetTableClient(StorageNames.DetectionsTable);
        TableClient feeds = bench.Storage.Tables.GetTableClient(StorageNames.FeedsTable);
        foreach (TableClient table in new[] { activity, detections })
        {
            List<TableEntity> rows = [];
            await foreach (TableEntity row in table.QueryAsync<TableEntity>(cancellationToken: Cancellation))
            {
                if (row.RowKey.Split('|') is { Length: > 1 } key && key[1] == cluster)
                {
                    rows.Add(row);
                }
            }

            Assert.NotEmpty(rows);
            await Parallel.ForEachAsync(rows, Cancellation, async (row, cancel) =>
            {
                await table.DeleteEntityAsync(row.PartitionKey, row.RowKey, ETag.All, cancel);
                (row.PartitionKey, row.RowKey) = OldKey(row, cluster, inOnePartition);
                await (row.RowKey.Contains("|p0-", StringComparison.Ordinal) && row.ContainsKey("Tally") ? feeds : table)
                    .UpsertEntityAsync(row, TableUpdateMode.Replace, cancel);
            });
        }
    }

    private static (string PartitionKey, string RowKey) OldKey(TableEntity row, string cluster, bool inOnePartition)
    {
        string[] key = row.RowKey.Split('|', 3);
        return key[0] switch
        {
            "cells" => ($"{cluster}|{key[2][..10]}", key[2][11..]),
            "found" => ($"{cluster}|{key[2][..10]}", key[2][11..]),
            "feed" => ($"{cluster}|{Today:yyyy-MM-dd}", key[2]),
            "links" => ($"links|{cluster}|{MonthOf(key[2])}", key[2]),
            "marks" => inOnePartition ? ("changed", $"{key[2]}|{cluster}") : ($"changed|{cluster}", key[2]),
            "marked" => ("marked", cluster),
            _ => throw new InvalidOperationException(row.RowKey),
        };
    }

    private static string MonthOf(string link) =>
        new DateTime(long.Parse(link.Split('|')[2], CultureInfo.InvariantCulture), DateTimeKind.Utc)
            .ToString("yyyy-MM", CultureInfo.InvariantCulture);

    private static async Task MoveMarksAsync(AlertBench bench)
    {
        TableClient table = bench.Storage.Tables.GetTableClient(StorageNames.ActivityTable);
        await bench.Services.GetRequiredService<OldMarks>().MoveAsync(Cancellation);
        await foreach (TableEntity left in table.QueryAsync<TableEntity>(
            "PartitionKey ge 'changed' and PartitionKey lt 'changee'", cancellationToken: Cancellation))
        {
            Assert.Fail($"{left.PartitionKey} {left.RowKey} is still there");
        }
    }

    private static async Task<string[]> ShapesAsync(AlertBench bench, string cluster)
    {
        List<string> shapes = [];
        IncidentTable incidents = new(bench.Storage);
        foreach ((string of, DateOnly day) in (await incidents.ListDaysAsync(Cancellation)).Where(one => one.Cluster == cluster))
        {
            shapes.AddRange((await incidents.ReadAsync(of, day, Cancellation)).Select(one => Shape(one, cluster)));
        }

        return [.. shapes.Order(StringComparer.Ordinal)];
    }

    // All but names and ids, which follow from the cluster, and what is first of several by its id.
    private static string Shape(Incident one, string cluster) => JsonSerializer.Serialize(
        new { one.From, one.To, one.Severity, one.Actors, Count = one.Detections.Count, Days = one.Days.Count },
        JsonSerializerOptions.Default).Replace(cluster, "cluster", StringComparison.Ordinal);

    private static Task<IntakeCounts> CountsAsync(AlertBench bench, string cluster) =>
        bench.Services.GetRequiredService<FeedTable>().ReadAsync(cluster, Today, Cancellation);

    // A cluster's name ends in a hash of its resource id.
    private static async Task<string> NameOfAsync(AlertBench bench, string cluster) => Assert.Single(
        await bench.Services.GetRequiredService<FeedTable>().ClustersAsync(Cancellation),
        one => one.StartsWith($"{cluster.ToLowerInvariant()}-", StringComparison.Ordinal));
}
