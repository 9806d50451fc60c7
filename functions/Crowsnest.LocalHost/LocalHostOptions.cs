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

    /// <summary>Port of the local event hub; 0 for any.</summary>
    public int HubPort { get; init; } = 7073;

    /// <summary>Partitions of the local event hub.</summary>
    public int Partitions { get; init; } = 2;

    /// <summary>True to go on running after the replay.</summary>
    public bool Stay { get; init; }

    /// <summary>True to start storage and the hub only, for other programs.</summary>
    public bool EmulatorsOnly { get; init; }

    /// <summary>False when timers run only as they are asked to; whoever tests owns the clock.</summary>
    public bool TimersRun { get; init; } = true;

    /// <summary>Folder for storage, hub, mails and logs of this run.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The function app, as published.</summary>
    public required string AppFolder { get; init; }

    /// <summary>Folder that Azurite is installed in.</summary>
    public required string ToolsFolder { get; init; }

    /// <summary>App settings, over those of the environment.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}
