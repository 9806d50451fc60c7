using Crowsnest.Functions.Pages;
using Crowsnest.Functions.Pages.Access;
using Microsoft.Azure.Functions.Worker;

namespace Crowsnest.Functions;

/// <summary>
/// The console: pages for analysts at <c>/api/console</c>. Who may see which is decided here, before anything is read; see
/// docs/console.md.
/// </summary>
public sealed class ConsoleFunction
{
    // A form has fields and a note; nobody has to write more.
    private const int LargestForm = 64 * 1024;

    // A browser says from where a request comes; an old one says nothing, and then the token decides alone.
    private const string FetchSite = "Sec-Fetch-Site";

    private readonly Dictionary<(string Path, bool IsPosted), ConsolePage> _pages;
    private readonly Doorkeeper _door;
    private readonly FormToken _tokens;
    private readonly PageWriter _writer;
    private readonly ILogger<ConsoleFunction> _log;

    public ConsoleFunction(IServiceProvider services)
    {
        _pages = services.GetServices<IPageGroup>().SelectMany(static group => group.Pages)
            .ToDictionary(static page => (page.Path, page.IsPosted));
        _door = services.GetRequiredService<Doorkeeper>();
        _tokens = services.GetRequiredService<FormToken>();
        _writer = services.GetRequiredService<PageWriter>();
        _log = services.GetRequiredService<ILogger<ConsoleFunction>>();
    }

    [Function("Console")]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "console/{*path}")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        Guard(request.HttpContext.Response);
        string path = (request.RouteValues["path"] as string ?? "").TrimEnd('/');
        return ConsoleAssets.Find(path) is { } asset && HttpMethods.IsGet(request.Method)
            ? Task.FromResult(asset)
            : AnswerAsync(request, path, cancellationToken);
    }

    private async Task<IResult> AnswerAsync(HttpRequest request, string path, CancellationToken cancellationToken)
    {
        Admission admission = _door.Admit(request);
        if (admission.Visitor is not { } visitor)
        {
            return admission.Refusal!;
        }

        PageRequest asked = new(request, visitor, await _tokens.CreateAsync(visitor, cancellationToken), FormCollection.Empty);
        bool isPosted = HttpMethods.IsPost(request.Method);
        if (!_pages.TryGetValue((path, isPosted), out ConsolePage? page))
        {
            return await _writer.SayAsync(asked, "There is no such page", "Follow one of the links above.", StatusCodes.Status404NotFound);
        }

        if (!visitor.May(page.Role))
        {
            Log.PageRefused(_log, visitor.Name, visitor.Role.ToString(), path);
            return await _writer.SayAsync(
                asked,
                "This is not open to you",
                $"It takes the role {page.Role.ToString().ToLowerInvariant()}; yours is {visitor.Role.ToString().ToLowerInvariant()}.",
                StatusCodes.Status403Forbidden);
        }

        if (isPosted)
        {
            if (await ReadFormAsync(request, visitor, cancellationToken) is not { } form)
            {
                return await _writer.SayAsync(
                    asked,
                    "Nothing was changed",
                    "The form is too old or comes from another page. Go back, load the page again and repeat what you did.",
                    StatusCodes.Status403Forbidden);
            }

            asked = asked with { Form = form };
        }

        Log.PageOpened(_log, visitor.Name, request.Method, path, request.QueryString.Value ?? "");
        return await page.AnswerAsync(asked, cancellationToken);
    }

    // Null for what was not sent by a form of ours to this visitor.
    private async Task<IFormCollection?> ReadFormAsync(HttpRequest request, Visitor visitor, CancellationToken cancellationToken)
    {
        if (!request.HasFormContentType || request.ContentLength is null or > LargestForm
            || (request.Headers[FetchSite] is [{ } site, ..] && site is not "same-origin"))
        {
            return null;
        }

        IFormCollection form = await request.ReadFormAsync(cancellationToken);
        return form[FormToken.Field] is [{ } token] && await _tokens.IsGoodAsync(token, visitor, cancellationToken) ? form : null;
    }

    private static void Guard(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
            + "frame-ancestors 'none'; base-uri 'none'";
        response.Headers["Referrer-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
    }
}
