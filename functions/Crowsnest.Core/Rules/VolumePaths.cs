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
                paths.Add(HostPath.Of(path));
            }
        }

        return paths;
    }
}
