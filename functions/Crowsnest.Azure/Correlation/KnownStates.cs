using Crowsnest.Azure.Storage;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Correlation;

/// <summary>What was told of incidents, read a day at once where many of it are wanted. For one run.</summary>
internal sealed class KnownStates(IncidentTable incidents)
{
    // From so many incidents on it pays to read the whole day.
    private const int Many = 10;

    private readonly Dictionary<(string Cluster, DateOnly Day), IReadOnlyDictionary<string, AlertState>> _days = [];

    /// <summary>Reads the days on which many of these began.</summary>
    internal async Task PrepareAsync(IEnumerable<Incident> wanted, CancellationToken cancellationToken)
    {
        foreach ((string cluster, DateOnly day) in wanted.GroupBy(static one => (one.Cluster, one.Day))
            .Where(static some => some.Count() >= Many).Select(static some => some.Key))
        {
            if (await incidents.TryReadAlertStatesAsync(cluster, day, cancellationToken) is { } states)
            {
                _days[(cluster, day)] = states;
            }
        }
    }

    /// <inheritdoc cref="IncidentTable.ReadAlertStateAsync"/>
    internal async Task<AlertState?> ReadAsync(ActorDay start, CancellationToken cancellationToken) =>
        _days.TryGetValue((start.Cluster, start.Day), out IReadOnlyDictionary<string, AlertState>? states)
            ? states.GetValueOrDefault(start.Id) : await incidents.ReadAlertStateAsync(start, cancellationToken);
}
