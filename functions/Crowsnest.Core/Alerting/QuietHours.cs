using System.Globalization;
using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Alerting;

/// <summary>Hours of each day in which lesser alerts wait.</summary>
/// <param name="From">Local time at which they begin.</param>
/// <param name="To">Local time at which they end, on the next day when it is earlier.</param>
/// <param name="Zone">Whose local time.</param>
/// <param name="Below">Alerts below this severity wait.</param>
public sealed record QuietHours(TimeOnly From, TimeOnly To, TimeZoneInfo Zone, Severity Below)
{
    /// <summary>Reads hours such as <c>22:00-07:00</c>.</summary>
    /// <returns>Null when they are none.</returns>
    public static QuietHours? Parse(string hours, string zone, Severity below) =>
        hours.Split('-', StringSplitOptions.TrimEntries) is [string from, string to]
        && TimeOnly.TryParseExact(from, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly start)
        && TimeOnly.TryParseExact(to, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly end)
        && start != end
        && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out TimeZoneInfo? found)
            ? new QuietHours(start, end, found, below) : null;

    /// <summary>How long an alert has to wait from a time on; zero when it need not.</summary>
    public TimeSpan Wait(Severity severity, DateTimeOffset now)
    {
        DateTime local = TimeZoneInfo.ConvertTime(now, Zone).DateTime;
        if (severity >= Below || !TimeOnly.FromDateTime(local).IsBetween(From, To))
        {
            return TimeSpan.Zero;
        }

        DateTime end = local.Date + To.ToTimeSpan();
        end = end > local ? end : end.AddDays(1);

        // The clocks may be changed meanwhile, and a time that they leave out does not exist.
        while (Zone.IsInvalidTime(end))
        {
            end = end.AddMinutes(15);
        }

        return TimeZoneInfo.ConvertTimeToUtc(DateTime.SpecifyKind(end, DateTimeKind.Unspecified), Zone) - now.UtcDateTime;
    }
}
