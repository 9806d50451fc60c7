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
            Add(lines, [.. Words(container, "command"), .. Words(container, "args")]);
            JsonElement lifecycle = container.Member("lifecycle");
            Add(lines, [.. Words(lifecycle.Member("postStart").Member("exec"), "command")]);
            Add(lines, [.. Words(lifecycle.Member("preStop").Member("exec"), "command")]);
            foreach (string probe in Probes)
            {
                Add(lines, [.. Words(container.Member(probe).Member("exec"), "command")]);
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

    private static void Add(List<string> lines, List<string> words) => lines.AddRange(Readings(string.Join(' ', words)));

    private static IEnumerable<string> Words(JsonElement parent, string name) =>
        parent.Items(name).Where(static word => word.ValueKind == JsonValueKind.String).Select(static word => word.GetString()!);
}
