using System.Text.Json;

namespace Crowsnest.Core.Rules;

/// <summary>The command lines that the containers of a written pod run: their own, and those of their hooks and probes.</summary>
internal static class PodCommands
{
    private static readonly string[] Hooks = ["postStart", "preStop"];
    private static readonly string[] Probes = ["livenessProbe", "readinessProbe", "startupProbe"];

    /// <summary>What of it was downloaded before it is run.</summary>
    internal static IReadOnlyList<string> Downloaded(EventView view)
    {
        List<string> found = [];
        foreach (JsonElement container in view.PodSpec.Containers)
        {
            foreach (string line in Of(container))
            {
                if (DownloadedCode.Of(line) is { Length: > 0 } code)
                {
                    found.Add(code);
                }
            }
        }

        return found;
    }

    private static IEnumerable<string> Of(JsonElement container)
    {
        yield return string.Join(' ', container.Texts("command").Concat(container.Texts("args")));
        foreach (string hook in Hooks)
        {
            yield return Exec(container.Member("lifecycle").Member(hook));
        }

        foreach (string probe in Probes)
        {
            yield return Exec(container.Member(probe));
        }
    }

    private static string Exec(JsonElement handler) => string.Join(' ', handler.Member("exec").Texts("command"));
}
