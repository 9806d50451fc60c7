using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Crowsnest.LocalHost.Tests.Worker;

/// <summary>Takes telemetry as the ingestion endpoint of Application Insights does: JSON lines, packed or not.</summary>
internal sealed class FakeApplicationInsights : IAsyncDisposable
{
    private readonly List<JsonElement> _items = [];
    private readonly WebApplication _app;

    private FakeApplicationInsights()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(TakeAsync);
    }

    internal string ConnectionString => $"InstrumentationKey={Guid.NewGuid()};IngestionEndpoint={_app.Urls.First()}/";

    internal IReadOnlyList<JsonElement> Items
    {
        get
        {
            lock (_items)
            {
                return [.. _items];
            }
        }
    }

    internal static async Task<FakeApplicationInsights> StartAsync()
    {
        FakeApplicationInsights fake = new();
        await fake._app.StartAsync(TestContext.Current.CancellationToken);
        return fake;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        await using Stream body = context.Request.Headers.ContentEncoding == "gzip"
            ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : context.Request.Body;
        using StreamReader reader = new(body);
        int count = 0;
        while (await reader.ReadLineAsync(context.RequestAborted) is { } line)
        {
            using JsonDocument item = JsonDocument.Parse(line);
            lock (_items)
            {
                _items.Add(item.RootElement.Clone());
            }

            count++;
        }

        await context.Response.WriteAsJsonAsync(new { itemsReceived = count, itemsAccepted = count, errors = Array.Empty<string>() });
    }
}
