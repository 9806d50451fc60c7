using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Crowsnest.LocalHost.Tests;

/// <summary>A handler that answers as told and keeps what it was sent.</summary>
internal sealed class FakeHandler : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeHandler(WebApplication app) => _app = app;

    internal List<JsonElement> Bodies { get; } = [];

    internal Func<int, (int Status, string ContentType, string Body)> Answer { get; set; } =
        static _ => (200, "application/json", "{}");

    internal int Port { get; private set; }

    internal int MostAtOnce { get; private set; }

    internal static async Task<FakeHandler> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        FakeHandler handler = new(app);
        int running = 0;
        app.MapPost("/{function}", async context =>
        {
            int now = Interlocked.Increment(ref running);
            JsonElement body = await JsonSerializer.DeserializeAsync<JsonElement>(
                context.Request.Body, cancellationToken: context.RequestAborted);
            int call;
            lock (handler.Bodies)
            {
                handler.MostAtOnce = Math.Max(handler.MostAtOnce, now);
                handler.Bodies.Add(body);
                call = handler.Bodies.Count;
            }

            (int status, string contentType, string answer) = handler.Answer(call);
            context.Response.StatusCode = status;
            context.Response.ContentType = contentType;
            Interlocked.Decrement(ref running);
            await context.Response.WriteAsync(answer, context.RequestAborted);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        handler.Port = new Uri(app.Urls.First()).Port;
        return handler;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
