namespace Crowsnest.LocalHost;

/// <summary>What the command line asks for.</summary>
internal sealed record LocalHostOptions
{
    /// <summary>Files of messages, one a line, to send through the hub.</summary>
    public IReadOnlyList<string> Replay { get; init; } = [];

    /// <summary>A file that an API server writes, to follow as it grows.</summary>
    public string? Follow { get; init; }

    /// <summary>Timer functions to run once, after the replay.</summary>
    public IReadOnlyList<string> Run { get; init; } = [];

    /// <summary>Port of the HTTP functions.</summary>
    public int HttpPort { get; init; } = 7071;

    /// <summary>Port that takes messages by POST.</summary>
    public int IngestPort { get; init; } = 7072;

    public int Partitions { get; init; } = 2;

    /// <summary>True to go on running after the replay.</summary>
    public bool Stay { get; init; }

    /// <summary>Folder for storage, mails and logs of this run.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The function app: host.json and a folder for each function.</summary>
    public required string AppFolder { get; init; }

    /// <summary>Folder that Azurite is installed in.</summary>
    public required string ToolsFolder { get; init; }

    /// <summary>Storage to use instead of Azurite.</summary>
    public string? StorageConnection { get; init; }

    /// <summary>App settings for the handler, over those of the environment.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>First sequence number of each partition. A real hub never counts from the start again, nor must this one.</summary>
    public required long FirstSequenceNumber { get; init; }
}
