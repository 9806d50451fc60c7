using System.Text.Json;

namespace Crowsnest.Infrastructure.Tests;

/// <summary>What the deployment expands to: the reviewed snapshots of its parameter sets.</summary>
internal static class Expanded
{
    /// <summary>Every snapshot there is; the parameters lie beside it.</summary>
    internal static readonly string[] Sets =
        [.. Directory.EnumerateFiles(Path.Combine(BicepCli.Folder, "snapshots"), "*.bicepparam")
            .Select(static path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    internal static string TypeOf(JsonElement resource) => resource.GetProperty("type").GetString()!;

    internal static async Task<JsonElement[]> ReadAsync(string set) =>
        [.. (await DocumentAsync(set)).GetProperty("predictedResources").EnumerateArray()];

    internal static async Task<string[]> DiagnosticsAsync(string set) =>
        [.. (await DocumentAsync(set)).GetProperty("diagnostics").EnumerateArray().Select(static one => one.GetString()!)];

    internal static Task<string> TextAsync(string set) => File.ReadAllTextAsync(
        Path.Combine(BicepCli.Folder, "snapshots", $"{set}.snapshot.json"), TestContext.Current.CancellationToken);

    private static async Task<JsonElement> DocumentAsync(string set)
    {
        using JsonDocument document = JsonDocument.Parse(await TextAsync(set));
        return document.RootElement.Clone();
    }
}
