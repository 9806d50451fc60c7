namespace Crowsnest.Azure.Investigation;

/// <summary>What part of the archive a question is about, and how much of the answer is wanted.</summary>
public sealed record ArchiveScope
{
    /// <summary>Event time from which on, UTC; null for <see cref="DefaultDays"/> before the end.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Event time before which, UTC; null for the newest event.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The only cluster; null for all.</summary>
    public string? Cluster { get; init; }

    /// <summary>Rows of each table at most.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>Rows of the first table that are passed over: the pages before.</summary>
    public int Offset { get; init; }

    /// <summary>True to show credentials as they are.</summary>
    public bool IsRaw { get; init; }

    public const int DefaultDays = 30;

    public const int MostRows = 10_000;
}
