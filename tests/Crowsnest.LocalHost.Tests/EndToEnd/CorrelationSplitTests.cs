using System.Diagnostics;
using System.Text.Json;
using Azure.Data.Tables;
using Azure.Storage.Blobs.Models;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Output;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Worker;

namespace Crowsnest.LocalHost.Tests.EndToEnd;

/// <summary>
/// However the recorded attack is split over partitions, batches and instances, mixed up and repeated: the same incidents.
/// </summary>
[Collection(LocalStackFixture.OneAtATime)]
public sealed class CorrelationSplitTests(LocalStackFixture fixture)
{
    private const string Cluster = "split-";

    private static readonly DateTimeOffset Arrival = new(2026, 11, 3, 9, 30, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Incidents_AnySplit_AreTheSame()
    {
        List<ReadOnlyMemory<byte>> messages = await Steps.RecordedAttackAsync("SPLIT");

        await fixture.SendAsync(messages, batchSize: 64, first: 1, partition: 0, Arrival);
        await fixture.CorrelateAsync();
        string[] expected = await ShapesAsync();
        Assert.True(expected.Length >= 10, $"{expected.Length} incidents");
        Assert.Equal(expected, IncidentBuilder.Group(await fixture.DetectionsAsync(Cluster)).Select(Shape).Order(StringComparer.Ordinal));

        (int, int, int, bool)[] runs = [(1, 3, 40, false), (2, 32, 2_000, true), (3, 7, 9, false)];
        foreach ((int seed, int partitions, int largestBatch, bool dies) in runs)
        {
            await ClearAsync();
            await SendSplitAsync(messages, new Random(seed), partitions, largestBatch, dies);
            await fixture.CorrelateAsync();

            Assert.Equal(expected, await ShapesAsync());
        }
    }

    private async Task SendSplitAsync(List<ReadOnlyMemory<byte>> messages, Random random, int partitions, int largestBatch, bool dies)
    {
        // Up to five minutes late (a message is about ten seconds of the recording), a tenth of them twice.
        List<(double At, ReadOnlyMemory<byte> Message)> mixed =
        [
            .. messages.Concat(messages.Where(_ => random.Next(10) == 0))
                .Select((message, i) => ((i % messages.Count) + (random.NextDouble() * 30), message)),
        ];
        List<ReadOnlyMemory<byte>>[] queues = [.. Enumerable.Range(0, partitions).Select(static _ => new List<ReadOnlyMemory<byte>>())];
        foreach ((double _, ReadOnlyMemory<byte> message) in mixed.OrderBy(static one => one.At))
        {
            queues[random.Next(partitions)].Add(message);
        }

        int[] next = new int[partitions];
        bool hasDied = !dies;
        while (true)
        {
            int[] left = [.. Enumerable.Range(0, partitions).Where(p => next[p] < queues[p].Count)];
            if (left.Length == 0)
            {
                Assert.True(hasDied, "no worker died in the middle of a batch");
                return;
            }

            int partition = left[random.Next(left.Length)];
            List<ReadOnlyMemory<byte>> batch = [.. queues[partition].Skip(next[partition]).Take(random.Next(1, largestBatch + 1))];
            if (!hasDied && batch.Count > 5)
            {
                // What it was in the middle of is delivered again, cut anew.
                hasDied = await DieInTheMiddleAsync(batch, partition, 1_000 + next[partition]);
                batch = [.. batch.Take(3)];
            }

            await fixture.SendAsync(batch, batch.Count, 1_000 + next[partition], partition, Arrival);
            next[partition] += batch.Count;
            if (random.Next(12) == 0)
            {
                await CorrelateAtOnceAsync();
            }
        }
    }

    // Three of them at once, while batches go on coming in.
    private async Task CorrelateAtOnceAsync()
    {
        CorrelationQueue queue = new(fixture.Stack.Storage);
        ChangeTable changes = new(fixture.Stack.Storage, TimeProvider.System);
        foreach (ListedCluster listed in (await changes.ClustersAsync(DateTimeOffset.MaxValue, Cancellation))
            .Where(static one => one.Cluster.StartsWith(Cluster, StringComparison.Ordinal)))
        {
            await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => queue.AskAsync(listed.Cluster, TimeSpan.Zero, Cancellation)));
        }
    }

    // The worker is killed once the batch is in the archive; the host starts another. False if it was done by then.
    private async Task<bool> DieInTheMiddleAsync(List<ReadOnlyMemory<byte>> batch, int partition, long first)
    {
        FunctionDefinition function = fixture.Function(LocalStackFixture.Ingestion);
        int archived = await ArchivedAsync(partition);
        Task<InvocationResult> invocation = fixture.Stack.Worker.InvokeAsync(
            function, LocalStackFixture.Delivery(function, batch, first, partition, Arrival), Cancellation);
        while (!invocation.IsCompleted && await ArchivedAsync(partition) == archived)
        {
        }

        using Process worker = Process.GetProcessById(fixture.Stack.Worker.ProcessId);
        worker.Kill();
        return !(await invocation).Succeeded;
    }

    private async Task<int> ArchivedAsync(int partition)
    {
        string mark = $"/p{partition}-";
        int count = 0;
        await foreach (BlobItem blob in fixture.Stack.Storage.Archive.GetBlobsAsync(
            BlobTraits.None, BlobStates.None, "raw/", Cancellation))
        {
            count += blob.Name.Contains(mark, StringComparison.Ordinal) ? 1 : 0;
        }

        return count;
    }

    private async Task<string[]> ShapesAsync()
    {
        List<Incident> incidents = [];
        await foreach (TableEntity row in RowsAsync("incidents"))
        {
            if (row.GetString("Json") is { } json)
            {
                incidents.Add(JsonSerializer.Deserialize(json, OutputJson.Lines.Incident)!);
            }
        }

        return [.. incidents.Select(Shape).Distinct().Order(StringComparer.Ordinal)];
    }

    // Everything but where the evidence lies, which depends on the batch; the detections themselves are not in the row.
    private static string Shape(Incident incident) => JsonSerializer.Serialize(
        incident with { Detections = [incident.Lead with { Evidence = [], AuditIds = [] }] }, OutputJson.Lines.Incident);

    private async Task ClearAsync()
    {
        foreach (string table in new[] { "detections", "incidents", "activity", "alerts" })
        {
            TableClient client = fixture.Table(table);
            await Parallel.ForEachAsync(
                RowsAsync(table, "PartitionKey", "RowKey"),
                new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancellation },
                async (row, cancellationToken) =>
                    await client.DeleteEntityAsync(row.PartitionKey, row.RowKey, cancellationToken: cancellationToken));
        }
    }

    private async IAsyncEnumerable<TableEntity> RowsAsync(string table, params string[] properties)
    {
        await foreach (TableEntity row in fixture.Table(table).QueryAsync<TableEntity>(select: properties, cancellationToken: Cancellation))
        {
            if (row.PartitionKey.Contains(Cluster, StringComparison.Ordinal) || row.RowKey.Contains(Cluster, StringComparison.Ordinal))
            {
                yield return row;
            }
        }
    }
}
