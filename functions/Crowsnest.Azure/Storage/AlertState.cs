using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Storage;

/// <summary>What is known of an incident's alerts.</summary>
/// <param name="Told">What was told.</param>
/// <param name="Revision">How many alerts were asked for.</param>
public sealed record AlertState(NotificationState Told, int Revision)
{
    public static AlertState None { get; } = new(NotificationState.Nothing, 0);

    /// <summary>What was told of two parts of one incident.</summary>
    public AlertState With(AlertState other) => other.Revision == 0 ? this : Revision == 0 ? other : new AlertState(
        new NotificationState(
            Told.Severity > other.Told.Severity ? Told.Severity : other.Told.Severity,
            Told.At > other.Told.At ? Told.At : other.Told.At,
            new HashSet<long>(Told.Points.Concat(other.Told.Points)))
        {
            Times = Math.Max(Told.Times, other.Told.Times),
        },
        Math.Max(Revision, other.Revision));
}
