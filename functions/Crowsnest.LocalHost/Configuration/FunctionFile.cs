using System.Text.Json;

namespace Crowsnest.LocalHost.Configuration;

/// <summary>One function: its name, the folder's, and its trigger.</summary>
internal sealed record FunctionFile(string Name, string TriggerType, JsonElement Trigger, RetryPolicy Retry)
{
    /// <summary>Name of the trigger's binding, the key of its data.</summary>
    internal string BindingName => Text("name");

    internal string Text(string property, string missing = "") =>
        Trigger.TryGetProperty(property, out JsonElement value) ? value.GetString() ?? missing : missing;

    /// <summary>Reads every function of an app.</summary>
    /// <exception cref="LocalHostException">A file can't be read, or has no trigger.</exception>
    internal static IReadOnlyList<FunctionFile> ReadAll(string appFolder)
    {
        List<FunctionFile> functions = [];
        foreach (string folder in Directory.EnumerateDirectories(appFolder).Order(StringComparer.Ordinal))
        {
            string path = Path.Combine(folder, "function.json");
            if (File.Exists(path))
            {
                functions.Add(Read(Path.GetFileName(folder), path));
            }
        }

        return functions.Count > 0
            ? functions
            : throw new LocalHostException($"{appFolder} is no function app: it has no folder with a function.json");
    }

    private static FunctionFile Read(string name, string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement.Clone();
            foreach (JsonElement binding in root.GetProperty("bindings").EnumerateArray())
            {
                string type = binding.GetProperty("type").GetString() ?? "";
                if (type.EndsWith("Trigger", StringComparison.Ordinal))
                {
                    return new FunctionFile(name, type, binding, RetryPolicy.Read(root));
                }
            }
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new LocalHostException($"{path} can't be read: {broken.Message}", broken);
        }

        throw new LocalHostException($"{path} has no trigger among its bindings");
    }
}
