using System.Globalization;

namespace Crowsnest.Functions.Pages.Parts;

/// <summary>Times and numbers as all pages write them.</summary>
internal static class Shown
{
    /// <summary>A time to the second; pages say once that times are in UTC.</summary>
    internal static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    internal static string Minute(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>A length in a picture.</summary>
    internal static string Length(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);
}
