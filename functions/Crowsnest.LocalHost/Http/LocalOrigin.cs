using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Crowsnest.LocalHost.Http;

/// <summary>
/// Tells requests of this machine's programs from those of web pages. A page can't read what another host answers, unless its own
/// name is made to lead to 127.0.0.1 (DNS rebinding): then Host is that name. It can post anywhere without reading: then Origin is
/// the page's.
/// </summary>
internal static class LocalOrigin
{
    /// <summary>True when the request names this machine and the port that it came to, and comes from no page of another.</summary>
    internal static bool IsOf(HttpRequest request, int port)
    {
        StringValues origins = request.Headers.Origin;
        return request.Host.HasValue && IsLocal(request.Host, port, defaultPort: 80)
            && (origins.Count == 0 || (origins.Count == 1 && Uri.TryCreate(origins[0], UriKind.Absolute, out Uri? origin)
                && origin.Scheme == Uri.UriSchemeHttp && IsLocal(new HostString(origin.Host, origin.Port), port, defaultPort: 80)));
    }

    /// <summary>Ends what is none with 403.</summary>
    internal static Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (IsOf(context.Request, context.Connection.LocalPort))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.Headers[HeaderNames.Connection] = "close";
        return Task.CompletedTask;
    }

    private static bool IsLocal(HostString host, int port, int defaultPort) =>
        (host.Port ?? defaultPort) == port
        && (host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.Host is "127.0.0.1" or "[::1]" or "::1");
}
