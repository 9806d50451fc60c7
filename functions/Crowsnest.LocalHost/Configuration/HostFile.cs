using System.Globalization;
using System.Text.Json;

namespace Crowsnest.LocalHost.Configuration;

/// <summary>What host.json says, with the defaults of the real host for what it leaves out.</summary>
internal sealed record HostFile
{
    public required string Executable { get; init; }

    public required string WorkingDirectory { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    public TimeSpan InitializationTimeout { get; init; }

    public TimeSpan FunctionTimeout { get; init; }

    public int MaxEventBatchSize { get; init; }

    public int QueueBatchSize { get; init; }

    public int MaxDequeueCount { get; init; }

    public TimeSpan QueueRetryDelay { get; init; }

    public string RoutePrefix { get; init; } = "api";

    /// <summary>Reads host.json.</summary>
    /// <exception cref="LocalHostException">It is missing, or not a custom handler's.</exception>
    internal static HostFile Read(string appFolder)
    {
        string path = Path.Combine(appFolder, "host.json");
        if (!File.Exists(path))
        {
            throw new LocalHostException($"{appFolder} is no function app: it has no host.json");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement;
            JsonElement handler = root.GetProperty("customHandler");
            JsonElement description = handler.GetProperty("description");
            JsonElement hubs = Section(root, "extensions", "eventHubs");
            JsonElement queues = Section(root, "extensions", "queues");
            JsonElement http = Section(root, "extensions", "http");
            return new HostFile
            {
                Executable = Path.GetFullPath(description.GetProperty("defaultExecutablePath").GetString()!, appFolder),
                WorkingDirectory = Path.GetFullPath(
                    description.TryGetProperty("workingDirectory", out JsonElement folder) ? folder.GetString()! : ".", appFolder),
                Arguments = description.TryGetProperty("arguments", out JsonElement arguments)
                    ? [.. arguments.EnumerateArray().Select(static argument => argument.GetString()!)]
                    : [],
                InitializationTimeout = Span(handler, "initializationTimeout", TimeSpan.FromSeconds(30)),
                FunctionTimeout = Span(root, "functionTimeout", TimeSpan.FromMinutes(30)),
                MaxEventBatchSize = Number(hubs, "maxEventBatchSize", 100),
                QueueBatchSize = Number(queues, "batchSize", 16),
                MaxDequeueCount = Number(queues, "maxDequeueCount", 5),
                QueueRetryDelay = Span(queues, "visibilityTimeout", TimeSpan.Zero),
                RoutePrefix = http.ValueKind == JsonValueKind.Object && http.TryGetProperty("routePrefix", out JsonElement prefix)
                    ? prefix.GetString()! : "api",
            };
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new LocalHostException($"{path} can't be read: {broken.Message}", broken);
        }
    }

    internal static TimeSpan Span(JsonElement parent, string name, TimeSpan missing) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value)
            && TimeSpan.TryParse(value.GetString(), CultureInfo.InvariantCulture, out TimeSpan span)
            ? span
            : missing;

    private static int Number(JsonElement parent, string name, int missing) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value)
            ? value.GetInt32()
            : missing;

    private static JsonElement Section(JsonElement root, string outer, string inner) =>
        root.TryGetProperty(outer, out JsonElement section) && section.TryGetProperty(inner, out JsonElement found)
            ? found
            : default;
}
