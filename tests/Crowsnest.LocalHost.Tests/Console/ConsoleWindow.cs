using System.Collections.Concurrent;
using Crowsnest.Testing;
using Microsoft.Playwright;

namespace Crowsnest.LocalHost.Tests.Console;

/// <summary>A window of the browser, which notes whatever it asks for elsewhere and whatever goes wrong in it.</summary>
internal sealed class ConsoleWindow : IAsyncDisposable
{
    private const string Pictures = "Crowsnest.Pictures";

    private readonly IBrowserContext _context;

    internal ConsoleWindow(IBrowserContext context, IPage page, string origin)
    {
        _context = context;
        Page = page;
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(origin + "/api/console", StringComparison.Ordinal))
            {
                Elsewhere.Add(request.Url);
            }
        };
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                Complaints.Add(message.Text);
            }
        };
        page.PageError += (_, fault) => Complaints.Add(fault);
    }

    internal IPage Page { get; }

    /// <summary>Addresses outside the console that were asked for.</summary>
    internal ConcurrentBag<string> Elsewhere { get; } = [];

    /// <summary>What the browser complains about: scripts that fail, content that the policy forbids.</summary>
    internal ConcurrentBag<string> Complaints { get; } = [];

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    /// <summary>Goes to a page behind the console's address.</summary>
    internal Task<IResponse?> GoAsync(string path) => Page.GotoAsync(new Uri(Page.Url).GetLeftPart(UriPartial.Authority) + "/api/console" + path);

    /// <summary>Takes a picture, where somebody asked for them.</summary>
    internal async Task PictureAsync(string name)
    {
        if (AppContext.GetData(Pictures) is string { Length: > 0 } folder)
        {
            await Page.ScreenshotAsync(new PageScreenshotOptions
            {
                Path = Path.Combine(Path.GetFullPath(folder, RepositoryFiles.Root), name + ".png"),
            });
        }
    }
}
