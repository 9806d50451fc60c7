using System.Net;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Hub;
using Crowsnest.LocalHost.Timers;

namespace Crowsnest.LocalHost.Http;

/// <summary>
/// The two ports of the local host: one forwards requests to HTTP functions, with their path as it came, and lets timers be
/// run now; the other takes hub messages by POST. Both on loopback.
/// </summary>
internal sealed class HttpFront : IAsyncDisposable
{
    // The limit of a message in an event hub of the Standard tier.
    private const int LargestMessage = 1024 * 1024;

    private readonly WebApplication _app;
    private readonly HttpForwarder _forwarder;

    private HttpFront(WebApplication app, HttpForwarder forwarder)
    {
        _app = app;
        _forwarder = forwarder;
    }

    /// <exception cref="LocalHostException">A port is in use; the message names it.</exception>
    internal static async Task<HttpFront> StartAsync(
        LocalHostOptions options,
        HostFile host,
        IReadOnlyList<FunctionFile> functions,
        IReadOnlyList<TimerDispatcher> timers,
        LocalEventHub hub,
        Uri handler,
        CancellationToken cancellationToken)
    {
        CheckFree(options.HttpPort, "--http-port");
        CheckFree(options.IngestPort, "--ingest-port");
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, options.HttpPort);
            kestrel.Listen(IPAddress.Loopback, options.IngestPort);
            kestrel.Limits.MaxRequestBodySize = LargestMessage;
        });
        WebApplication app = builder.Build();
        HttpForwarder forwarder = new(handler);
        foreach (FunctionFile function in functions.Where(static f => f.TriggerType == "httpTrigger"))
        {
            string route = $"/{host.RoutePrefix}/{function.Text("route", function.Name)}";
            app.MapMethods(route, Methods(function), forwarder.ForwardAsync);
        }

        // The real host has this too: POST /admin/functions/NAME runs a timer function now.
        app.MapPost("/admin/functions/{name}", async (string name, CancellationToken requestAborted) =>
            timers.FirstOrDefault(timer => timer.Name == name) is not { } found
                ? Results.NotFound()
                : (await found.FireAsync(requestAborted)).Succeeded ? Results.Accepted() : Results.StatusCode(500));
        app.MapWhen(
            context => context.Connection.LocalPort == options.IngestPort,
            branch => branch.Run(context => TakeMessageAsync(context, hub)));
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException taken)
        {
            await app.DisposeAsync();
            forwarder.Dispose();
            throw new LocalHostException($"can't listen: {taken.Message}", taken);
        }

        return new HttpFront(app, forwarder);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _forwarder.Dispose();
    }

    /// <summary>Fails early, before anything has been started, with the port's number and the option that changes it.</summary>
    internal static void CheckFree(int port, string option)
    {
        try
        {
            using System.Net.Sockets.TcpListener listener = new(IPAddress.Loopback, port);
            listener.ExclusiveAddressUse = true;
            listener.Start();
        }
        catch (System.Net.Sockets.SocketException taken)
        {
            throw new LocalHostException(
                $"port {port} is in use by another program: end that program, or choose another port with {option} NUMBER", taken);
        }
    }

    private static async Task TakeMessageAsync(HttpContext context, LocalEventHub hub)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        await hub.SendAsync(body.ToArray(), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status201Created;
    }

    private static string[] Methods(FunctionFile function) =>
        function.Trigger.TryGetProperty("methods", out System.Text.Json.JsonElement methods)
            ? [.. methods.EnumerateArray().Select(static method => method.GetString()!.ToUpperInvariant())]
            : ["GET", "POST", "PUT", "PATCH", "DELETE"];
}
