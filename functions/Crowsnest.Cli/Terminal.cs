using System.Globalization;
using Crowsnest.Core.Alerting;
using Spectre.Console;

namespace Crowsnest.Cli;

/// <summary>What the commands say on standard error: progress on a terminal, plain lines elsewhere.</summary>
internal static class Terminal
{
    internal static IAnsiConsole Error { get; } =
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>Says a line on standard error. Names and titles in it may be an attacker's: see <see cref="SafeText"/>.</summary>
    internal static void Say(string line) => Console.Error.WriteLine(SafeText.Terminal(line));

    /// <summary>Prints a line of a result on standard output.</summary>
    internal static void Print(string line) => Console.WriteLine(SafeText.Terminal(line));

    /// <summary>
    /// Makes everything that is written to the two streams harmless to terminals, from now on: names in rules, files and events
    /// are whatever their writers chose. What goes into a file is left to its reader.
    /// </summary>
    internal static void Guard()
    {
        // The progress bar draws with escapes of its own: made before, it keeps the stream as it was.
        _ = Error;
        Console.SetOut(new TerminalWriter(Console.Out));
        Console.SetError(new TerminalWriter(Console.Error));
    }

    /// <summary>Shows how much of the files has been read while the work runs.</summary>
    internal static async Task<T> WithProgressAsync<T>(string what, long total, Func<Action<long>, Task<T>> work)
    {
        if (!Error.Profile.Capabilities.Interactive || Console.IsErrorRedirected)
        {
            return await work(static _ => { });
        }

        return await Error.Progress().AutoClear(true).HideCompleted(true).StartAsync(async context =>
        {
            ProgressTask task = context.AddTask(Markup.Escape(what), maxValue: Math.Max(1, total));
            return await work(done => task.Value = done);
        });
    }

    /// <summary>Shows that work goes on, and how much was fetched, when it takes more than a moment.</summary>
    internal static async Task<T> WithStatusAsync<T>(string what, Func<Action<long>, Task<T>> work)
    {
        if (!Error.Profile.Capabilities.Interactive || Console.IsErrorRedirected)
        {
            return await work(static _ => { });
        }

        long bytes = 0;
        Task<T> running = work(more => Interlocked.Add(ref bytes, more));
        if (await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(1))) == running)
        {
            return await running;
        }

        return await Error.Status().StartAsync(Markup.Escape(what), async status =>
        {
            while (await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(0.5))) != running)
            {
                long fetched = Interlocked.Read(ref bytes);
                status.Status(Markup.Escape(fetched == 0 ? what : $"{what}: {Number(fetched / 1e6)} MB fetched"));
            }

            return await running;
        });
    }

    internal static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
