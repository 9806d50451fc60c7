using System.Globalization;

namespace Crowsnest.LocalHost;

/// <summary>Fills in what the command line leaves out.</summary>
internal static class OptionsBuilder
{
    private const string Sample = "samples/attack-day.jsonl.gz";

    internal static LocalHostOptions Build(
        IReadOnlyList<string> replay,
        string? follow,
        IReadOnlyList<string> run,
        string? data,
        string? app,
        IReadOnlyList<string> settings,
        bool stay,
        bool emulatorsOnly,
        TimeProvider clock)
    {
        string root = FindRoot();
        string local = Path.Combine(root, ".local");
        DateTimeOffset now = clock.GetUtcNow();
        bool asked = replay.Count > 0 || follow is not null || run.Count > 0 || stay || emulatorsOnly || data is not null;
        Dictionary<string, string> values = new()
        {
            // A day is replayed in seconds, and CorrelateActivity may run in the middle: mails wait for the rest of their incident.
            ["Crowsnest__AlertDelaySeconds"] = "8",
        };
        if (follow is null)
        {
            // Nobody waits for the end of a replayed cluster's first days.
            values["Crowsnest__FirstDays"] = "0";
        }

        foreach (string setting in settings)
        {
            string[] parts = setting.Split('=', 2);
            values[parts[0]] = parts.Length == 2
                ? parts[1]
                : throw new LocalHostException($"--set takes NAME=VALUE, not '{setting}'");
        }

        return new LocalHostOptions
        {
            Replay = asked ? replay : [Path.Combine(root, Sample)],
            Follow = follow,
            Run = run,
            Stay = stay,
            EmulatorsOnly = emulatorsOnly,
            // The place in a followed file has to be there at the next start.
            DataFolder = Path.GetFullPath(data ?? (follow is not null
                ? Path.Combine(local, "follow")
                : Path.Combine(local, "runs", now.UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)))),
            AppFolder = Path.GetFullPath(app ?? Path.Combine(AppContext.BaseDirectory, "app")),
            ToolsFolder = local,
            Settings = values,
        };
    }

    // The folder of the solution when run from a clone, else the current one.
    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Serverless.sln")))
            {
                return folder.FullName;
            }
        }

        return Environment.CurrentDirectory;
    }
}
