using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Crowsnest.Azure.Storage;
using Crowsnest.LocalHost;
using Crowsnest.LocalHost.Triggers;

namespace Crowsnest.Benchmarks;

/// <summary>What the webhook takes from API servers that post as fast as they can, and how long the judging behind it takes.</summary>
internal static class WebhookStudy
{
    private const int EventsOfBody = 400;
    private const string Secret = "a-secret-of-the-bench-alone";

    internal static async Task RunAsync(int bodies, int atOnce, CancellationToken cancellationToken)
    {
        TimeProvider clock = TimeProvider.System;
        LocalHostOptions options = FleetStudy.Options(new Dictionary<string, string>
        {
            ["Crowsnest__Webhook__Secret"] = Secret,
            ["Crowsnest__Webhook__SecretForAll"] = "true",
        });
        await using LocalStack stack = await LocalStack.StartAsync(options, clock, Console.WriteLine, cancellationToken);
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{options.HttpPort}/") };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Secret);
        FleetEvents fleet = new(clusters: 1, principals: 2_000);
        byte[][] texts = [.. Enumerable.Range(0, bodies).Select(_ => fleet.Body(EventsOfBody, clock.GetUtcNow()))];
        ConcurrentDictionary<HttpStatusCode, int> answers = new();
        ConcurrentBag<double> waits = [];
        long started = clock.GetTimestamp();
        await Parallel.ForEachAsync(
            texts,
            new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken },
            async (text, cancel) =>
            {
                long sent = clock.GetTimestamp();
                using HttpResponseMessage answer = await client.PostAsync(
                    new Uri("api/webhook/bench", UriKind.Relative), new ByteArrayContent(text), cancel);
                waits.Add(clock.GetElapsedTime(sent).TotalSeconds);
                answers.AddOrUpdate(answer.StatusCode, 1, static (_, n) => n + 1);
            });
        double posting = clock.GetElapsedTime(started).TotalSeconds;
        QueueTrigger queue = stack.Queues.Single(static queue => queue.Name == StorageNames.WebhookQueue);
        while (!await queue.IsEmptyAsync(cancellationToken))
        {
            await stack.ThrowIfFailedAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancellationToken);
        }

        double judging = clock.GetElapsedTime(started).TotalSeconds;
        double[] sorted = [.. waits.Order()];
        IFormatProvider plain = CultureInfo.InvariantCulture;
        Console.WriteLine(string.Create(plain, $"{bodies:N0} bodies of {EventsOfBody} events, {texts[0].Length / 1024:N0} KiB each, {atOnce} at once"));
        Console.WriteLine(string.Join(", ", answers.OrderBy(static one => one.Key).Select(static one => $"{(int)one.Key}: {one.Value}")));
        Console.WriteLine(string.Create(plain, $"stored, events a second    {bodies * EventsOfBody / posting:N0}"));
        Console.WriteLine(string.Create(plain, $"judged, events a second    {bodies * EventsOfBody / judging:N0}"));
        Console.WriteLine(string.Create(
            plain, $"answer, s: median, p95, most    {sorted[sorted.Length / 2]:0.00}, {sorted[(int)(sorted.Length * 0.95)]:0.00}, {sorted[^1]:0.00}"));
    }
}
