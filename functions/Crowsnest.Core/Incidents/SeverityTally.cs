using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Incidents;

/// <summary>How bad an incident is: as bad as its worst detection, and one level worse once it has gone far enough.</summary>
internal sealed class SeverityTally
{
    /// <summary>
    /// From this many distinct tactics on it is an attack under way. Low detections do not count: three kinds of daily work
    /// are no attack.
    /// </summary>
    internal const int TacticsOfAnAttack = 3;

    private readonly HashSet<string> _tactics = new(StringComparer.Ordinal);
    private Severity _worst;

    internal Severity Severity => _tactics.Count >= TacticsOfAnAttack && _worst < Severity.Critical ? _worst + 1 : _worst;

    internal void Add(Detection detection)
    {
        _worst = detection.Severity > _worst ? detection.Severity : _worst;
        if (detection.Severity >= Severity.Medium)
        {
            _tactics.UnionWith(detection.Tactics);
        }
    }
}
