using System.Runtime.InteropServices;
using System.Text.Json;

namespace Crowsnest.LocalHost.Configuration;

/// <summary>How the function app's worker is started, from its worker.config.json.</summary>
/// <param name="Executable">The program.</param>
/// <param name="WorkerPath">The worker, as the program's first argument; empty when the program is the worker.</param>
internal sealed record WorkerConfig(string Executable, string WorkerPath)
{
    /// <summary>Reads worker.config.json.</summary>
    /// <exception cref="LocalHostException">It is missing or can't be read.</exception>
    internal static WorkerConfig Read(string appFolder)
    {
        string path = Path.Combine(appFolder, "worker.config.json");
        if (!File.Exists(path))
        {
            throw new LocalHostException($"{appFolder} is no function app of the isolated worker: it has no worker.config.json");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement description = document.RootElement.GetProperty("description");
            string executable = Text(description, "defaultExecutablePath").Replace("{WorkerRoot}", "", StringComparison.Ordinal);
            string worker = Text(description, "defaultWorkerPath");
            return executable == "dotnet"
                ? new WorkerConfig(Runtime(), Path.GetFullPath(worker, appFolder))
                : new WorkerConfig(Path.GetFullPath(executable, appFolder), "");
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new LocalHostException($"{path} can't be read: {broken.Message}", broken);
        }
    }

    private static string Text(JsonElement description, string name) =>
        description.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? "" : "";

    // The one that runs us, wherever it is installed.
    private static string Runtime() => Path.GetFullPath(
        Path.Combine("../../..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"), RuntimeEnvironment.GetRuntimeDirectory());
}
