using System.Text.Json;

namespace Crowsnest.Core.Rules;

/// <summary>The folders of nodes that a PersistentVolume brings into pods, spelled in one way.</summary>
internal static class VolumePaths
{
    private static readonly string[] Sources = ["hostPath", "local"];

    internal static IReadOnlyList<string> Of(EventView view)
    {
        if (!FieldScope.Volume.Covers(view.Event))
        {
            return [];
        }

        List<string> paths = [];
        JsonElement spec = view.Request.Member("spec");
        foreach (string source in Sources)
        {
            if (spec.Member(source).Text("path") is { Length: > 0 } path)
            {
                paths.Add(Clean(path));
            }
        }

        return paths;
    }

    /// <summary>
    /// One spelling for each folder: no empty, <c>.</c> and <c>..</c> parts and no slash at the end; those of Windows, which
    /// regards no case, with slashes and in lower case.
    /// </summary>
    internal static string Clean(string path)
    {
        bool isWindows = path is [_, ':', ..] or ['\\', ..];
        string slashed = isWindows ? path.Replace('\\', '/').ToLowerInvariant() : path;
        string root = path is [_, ':', ..] ? slashed[..2] : "";
        List<string> parts = [];
        foreach (string part in slashed[root.Length..].Split('/'))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or "." or ".."))
            {
                parts.Add(part);
            }
        }

        return $"{root}/{string.Join('/', parts)}";
    }
}
