namespace Crowsnest.Core.Rules;

/// <summary>Where the images of a pod specification come from.</summary>
internal static class ImageRegistry
{
    /// <summary>The registry of an image reference; Docker Hub, with whose account it is, when it names none.</summary>
    internal static string Of(string image)
    {
        int slash = image.IndexOf('/', StringComparison.Ordinal);
        string first = slash < 0 ? "" : image[..slash];
        bool isHost = first == "localhost" || first.AsSpan().IndexOfAny('.', ':') >= 0;
        return isHost ? first : slash < 0 ? "docker.io/library" : $"docker.io/{first}";
    }

    /// <summary>The registries of all containers, each once.</summary>
    internal static IReadOnlyList<string> All(EventView view) =>
        [.. view.PodSpec.Containers.Select(static container => container.Text("image"))
            .Where(static image => image.Length > 0).Select(Of).Distinct()];
}
