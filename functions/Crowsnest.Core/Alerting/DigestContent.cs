namespace Crowsnest.Core.Alerting;

/// <summary>What a digest says. Texts may hold what an attacker chose; the renderer makes them harmless.</summary>
public sealed record DigestContent
{
    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    /// <summary>Incidents that were told, the gravest first.</summary>
    public required IReadOnlyList<DigestIncident> Told { get; init; }

    /// <summary>Incidents whose alert exceeded the daily budget, the gravest first.</summary>
    public required IReadOnlyList<DigestIncident> OverBudget { get; init; }

    /// <summary>Incidents that were told together, because their cluster is new, the gravest first.</summary>
    public IReadOnlyList<DigestIncident> FirstDays { get; init; } = [];

    /// <summary>Alerts that did not arrive, or may not have, and why.</summary>
    public required IReadOnlyList<string> Failures { get; init; }

    /// <summary>The suppressions in force, with what each held back.</summary>
    public required IReadOnlyList<DigestSuppression> Suppressions { get; init; }

    /// <summary>The rules that found most.</summary>
    public required IReadOnlyList<NoisyRule> Noisy { get; init; }

    /// <summary>By cluster what unauthenticated sources were found at: one line, since the internet comes by every day.</summary>
    public IReadOnlyList<StrangersOfDay> Strangers { get; init; } = [];

    public required IReadOnlyList<DigestFeed> Feeds { get; init; }

    /// <summary>Where the console is; null where nobody can sign in there.</summary>
    public Uri? Console { get; init; }

    /// <summary>The model in use, and what the last training came to, in sentences.</summary>
    public required IReadOnlyList<string> Model { get; init; }
}
