using Crowsnest.LocalHost.Replay;
using Crowsnest.LocalHost.Tests.EndToEnd;
using Crowsnest.Testing;
using Microsoft.Playwright;

namespace Crowsnest.LocalHost.Tests.Console;

/// <summary>A local host that has replayed the sample, and a browser that looks at its console.</summary>
public sealed class ConsoleFixture : IAsyncLifetime
{
    private const string BrowserSetting = "Crowsnest.Browser";

    private static readonly string[] Usual =
    [
        "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        @"C:\Program Files\Google\Chrome\Application\chrome.exe", @"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("crowsnest-console-").FullName;
    private LocalStack? _stack;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    internal static string? BrowserPath { get; } =
        AppContext.GetData(BrowserSetting) is string { Length: > 0 } set ? set : Array.Find(Usual, File.Exists);

    /// <summary>Where the console is, without its key.</summary>
    internal string Origin { get; private set; } = "";

    /// <summary>The link that the local host prints.</summary>
    internal string Link => _stack!.ConsoleLink;

    internal string Mails => Path.Combine(_folder, "mails");

    public async ValueTask InitializeAsync()
    {
        if (BrowserPath is null)
        {
            return;
        }

        LocalHostOptions options = LocalStackFixture.Options(_folder) with
        {
            Replay = [Path.Combine(RepositoryFiles.Root, "samples", "attack-day.jsonl.gz")],
        };
        _stack = await LocalStack.StartAsync(options, TimeProvider.System, static _ => { }, CancellationToken.None);
        Origin = $"http://127.0.0.1:{options.HttpPort}";
        await new Replayer(_stack, options.Replay, TimeProvider.System).RunAsync(CancellationToken.None);
        await _stack.DrainAsync(TimeProvider.System, CancellationToken.None);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = BrowserPath,

            // Containers run tests as root, where Chromium has no sandbox of its own.
            ChromiumSandbox = false,
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_stack is not null)
        {
            await _stack.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A window of its own, with the cookie that the printed link gives.</summary>
    internal async Task<ConsoleWindow> OpenAsync(
        int width = 1400, bool isDark = false, bool runsScripts = true, int height = 1000)
    {
        Assert.SkipWhen(_browser is null, "There is no Chromium here: install it, or say where it is with -p:Browser=PATH.");
        IBrowserContext context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            JavaScriptEnabled = runsScripts,
        });
        ConsoleWindow window = new(context, await context.NewPageAsync(), Origin);
        await window.Page.GotoAsync(Link);
        return window;
    }
}
