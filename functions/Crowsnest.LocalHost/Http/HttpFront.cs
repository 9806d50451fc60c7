using System.Net;
using System.Net.Sockets;
using Crowsnest.Azure.Hubs;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Triggers;
using Crowsnest.LocalHost.Worker;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Crowsnest.LocalHost.Http;

/// <summary>
/// The two HTTP ports of the local host, both on loopback: one takes requests for HTTP functions as the Functions host does, and lets
/// timers be run now; the other takes messages by POST and sends them to the hub.
/// </summary>
internal sealed class HttpFront : IAsyncDisposable
{
    // The limit of the Functions host.
    private const long LargestRequest = 100 * 1024 * 1024;

    // The limit of a message in an event hub of the Standard tier.
    private const int LargestMessage = 1024 * 1024;

    private static readonly TimeSpan GraceTime = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;
    private readonly HttpMessageInvoker _client;
    private readonly HubIngest _ingest;

    private HttpFront(WebApplication app, HttpMessageInvoker client, HubIngest ingest) => (_app, _client, _ingest) = (app, client, ingest);

    /// <exception cref="LocalHostException">A port is in use; the message names it.</exception>
    internal static async Task<HttpFront> StartAsync(
        LocalHostOptions options,
        HostFile host,
        HostKeys keys,
        FunctionWorker functions,
        IReadOnlyList<TimerTrigger> timers,
        HubConnection hub,
        CancellationToken cancellationToken)
    {
        CheckFree(options.HttpPort, "--http-port");
        CheckFree(options.IngestPort, "--ingest-port");
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddHttpForwarder();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, options.HttpPort);
            kestrel.Listen(IPAddress.Loopback, options.IngestPort);
            kestrel.Limits.MaxRequestBodySize = LargestRequest;
        });
        WebApplication app = builder.Build();
        HttpMessageInvoker client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });
        HubIngest ingest = new(hub.CreateProducer());
        app.Use(static (HttpContext context, RequestDelegate next) => LocalOrigin.CheckAsync(context, next));
        app.MapWhen(
            context => context.Connection.LocalPort == options.IngestPort,
            branch => branch.Run(context => TakeMessageAsync(context, ingest)));
        IHttpForwarder forwarder = app.Services.GetRequiredService<IHttpForwarder>();
        foreach (FunctionDefinition function in functions.Functions.Where(static f => f.TriggerType == FunctionDefinition.Http))
        {
            HttpTrigger trigger = new(function, functions, forwarder, client);
            app.Map($"/{host.RoutePrefix}/{trigger.Route}", context => AnswerAsync(context, trigger, keys));
        }

        app.MapPost("/admin/functions/{name}", (HttpContext context, string name) => RunTimer(context, keys, timers, name));
        HttpFront front = new(app, client, ingest);
        try
        {
            await app.StartAsync(cancellationToken);
            return front;
        }
        catch (IOException taken)
        {
            await front.DisposeAsync();
            throw new LocalHostException($"can't listen: {taken.Message}", taken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // What goes on for longer is cut off.
        using CancellationTokenSource patience = new(GraceTime);
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
        _client.Dispose();
        await _ingest.DisposeAsync();
    }

    /// <summary>Fails early, before anything has been started, with the port's number and the option that changes it.</summary>
    internal static void CheckFree(int port, string option)
    {
        try
        {
            using TcpListener listener = new(IPAddress.Loopback, port);
            listener.ExclusiveAddressUse = true;
            listener.Start();
        }
        catch (SocketException taken)
        {
            throw new LocalHostException(
                $"port {port} is in use by another program: end that program, or choose another port with {option} NUMBER", taken);
        }
    }

    private static Task AnswerAsync(HttpContext context, HttpTrigger trigger, HostKeys keys)
    {
        context.Response.StatusCode = !trigger.Takes(context.Request.Method) ? StatusCodes.Status404NotFound
            : !keys.Admits(context.Request, trigger.Level) ? StatusCodes.Status401Unauthorized
            : context.Request.ContentLength > LargestRequest ? StatusCodes.Status500InternalServerError
            : StatusCodes.Status200OK;
        return context.Response.StatusCode == StatusCodes.Status200OK ? trigger.RunAsync(context) : Task.CompletedTask;
    }

    // The real host has this too, and answers before the function has run.
    private static IResult RunTimer(HttpContext context, HostKeys keys, IReadOnlyList<TimerTrigger> timers, string name)
    {
        if (!keys.Admits(context.Request, "admin"))
        {
            return Results.Unauthorized();
        }

        if (!context.Request.HasJsonContentType())
        {
            return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        }

        TimerTrigger? timer = timers.FirstOrDefault(timer => timer.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (timer is null)
        {
            return Results.NotFound();
        }

        _ = Task.Run(() => timer.FireAsync(CancellationToken.None));
        return Results.Accepted();
    }

    private static async Task TakeMessageAsync(HttpContext context, HubIngest ingest)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = LargestMessage;
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        context.Response.StatusCode = await ingest.SendAsync(body.ToArray(), context.RequestAborted)
            ? StatusCodes.Status201Created : StatusCodes.Status413PayloadTooLarge;
    }
}
