using Crowsnest.Core.Alerting;
using Spectre.Console;

namespace Crowsnest.LocalHost.Reporting;

/// <summary>Standard output: a progress bar on a terminal, plain lines elsewhere.</summary>
internal static class Screen
{
    private static readonly Lock Gate = new();

    internal static void Say(string line)
    {
        lock (Gate)
        {
            Console.WriteLine(SafeText.Terminal(line));
        }
    }

    /// <summary>Runs work that goes from 0 to 1, and shows how far it is.</summary>
    internal static async Task ProgressAsync(string what, Func<double> done, Task work)
    {
        if (Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive)
        {
            await work;
            return;
        }

        await AnsiConsole.Progress().AutoClear(true).HideCompleted(true).StartAsync(async context =>
        {
            ProgressTask bar = context.AddTask(Markup.Escape(what), maxValue: 1);
            while (!work.IsCompleted)
            {
                bar.Value = done();
                await Task.WhenAny(work, Task.Delay(100));
            }
        });
        await work;
    }
}
