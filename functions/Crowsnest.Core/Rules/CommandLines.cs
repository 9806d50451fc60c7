using System.Text.Json;

namespace Crowsnest.Core.Rules;

/// <summary>
/// The command lines that a pod specification brings: what each container runs, its arguments behind its command, and the
/// commands of its hooks and probes. Words that are split over several elements stand together here.
/// </summary>
internal static class CommandLines
{
    private static readonly string[] Probes = ["livenessProbe", "readinessProbe", "startupProbe"];

    /// <summary>Each command line as it is written and, if that differs, as a shell reads it.</summary>
    internal static IReadOnlyList<string> Of(EventView view)
    {
        List<string> lines = [];
        foreach (JsonElement container in view.PodSpec.Containers)
        {
            List<string> words = container.Texts("command");
            words.AddRange(container.Texts("args"));
            Add(lines, words);
            JsonElement lifecycle = container.Member("lifecycle");
            Add(lines, lifecycle.Member("postStart").Member("exec").Texts("command"));
            Add(lines, lifecycle.Member("preStop").Member("exec").Texts("command"));
            foreach (string probe in Probes)
            {
                Add(lines, container.Member(probe).Member("exec").Texts("command"));
            }
        }

        return lines;
    }

    /// <summary>A command line as it is written and, if that differs, as a shell reads it.</summary>
    internal static IReadOnlyList<string> Readings(string line)
    {
        string plain = ShellText.Plain(line);
        return line.Length == 0 ? [] : plain == line ? [line] : [line, plain];
    }

    private static void Add(List<string> lines, List<string> words)
    {
        if (words.Count > 0)
        {
            lines.AddRange(Readings(string.Join(' ', words)));
        }
    }
}
