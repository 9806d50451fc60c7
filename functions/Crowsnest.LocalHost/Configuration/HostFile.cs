using System.Globalization;

namespace Crowsnest.LocalHost.Configuration;

/// <summary>
/// What host.json says, with the real host's defaults for what it leaves out. App settings named
/// <c>AzureFunctionsJobHost__…</c> go over it, as they do there.
/// </summary>
internal sealed record HostFile
{
    private const string Overrides = "AzureFunctionsJobHost";

    public TimeSpan FunctionTimeout { get; init; } = TimeSpan.FromMinutes(30);

    public int MaxEventBatchSize { get; init; } = 100;

    public int MinEventBatchSize { get; init; } = 1;

    public TimeSpan MaxWaitTime { get; init; } = TimeSpan.FromSeconds(60);

    public int PrefetchCount { get; init; } = 300;

    public int QueueBatchSize { get; init; } = 16;

    public int NewBatchThreshold { get; init; } = 8;

    public int MaxDequeueCount { get; init; } = 5;

    public TimeSpan QueueRetryDelay { get; init; }

    public string RoutePrefix { get; init; } = "api";

    /// <summary>Reads host.json.</summary>
    /// <exception cref="LocalHostException">It is missing or can't be read.</exception>
    internal static HostFile Read(string appFolder, AppSettings settings)
    {
        string path = Path.Combine(appFolder, "host.json");
        if (!File.Exists(path))
        {
            throw new LocalHostException($"{appFolder} is no function app: it has no host.json");
        }

        try
        {
            IConfigurationRoot host = new ConfigurationBuilder().AddJsonFile(path)
                .AddInMemoryCollection(settings.Configuration.GetSection(Overrides).AsEnumerable(makePathsRelative: true)).Build();
            IConfigurationSection hubs = host.GetSection("extensions:eventHubs");
            IConfigurationSection queues = host.GetSection("extensions:queues");
            HostFile defaults = new();
            return new HostFile
            {
                FunctionTimeout = Span(host, "functionTimeout", defaults.FunctionTimeout),
                MaxEventBatchSize = hubs.GetValue("maxEventBatchSize", defaults.MaxEventBatchSize),
                MinEventBatchSize = hubs.GetValue("minEventBatchSize", defaults.MinEventBatchSize),
                MaxWaitTime = Span(hubs, "maxWaitTime", defaults.MaxWaitTime),
                PrefetchCount = hubs.GetValue("prefetchCount", defaults.PrefetchCount),
                QueueBatchSize = queues.GetValue("batchSize", defaults.QueueBatchSize),
                NewBatchThreshold = queues.GetValue("newBatchThreshold", defaults.NewBatchThreshold),
                MaxDequeueCount = queues.GetValue("maxDequeueCount", defaults.MaxDequeueCount),
                QueueRetryDelay = Span(queues, "visibilityTimeout", defaults.QueueRetryDelay),
                RoutePrefix = host["extensions:http:routePrefix"] ?? defaults.RoutePrefix,
            };
        }
        catch (Exception broken) when (broken is InvalidDataException or FormatException or InvalidOperationException)
        {
            throw new LocalHostException($"{path} can't be read: {broken.Message}", broken);
        }
    }

    private static TimeSpan Span(IConfiguration section, string name, TimeSpan missing) =>
        section[name] switch
        {
            null => missing,
            "-1" => Timeout.InfiniteTimeSpan,
            { } text => TimeSpan.Parse(text, CultureInfo.InvariantCulture),
        };
}
