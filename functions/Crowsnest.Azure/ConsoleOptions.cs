using System.ComponentModel.DataAnnotations;

namespace Crowsnest.Azure;

/// <summary>Settings of the console's pages, section <c>Crowsnest:Console</c>.</summary>
public sealed class ConsoleOptions
{
    public const string Section = "Crowsnest:Console";

    /// <summary>
    /// On one machine: the key in the link that opens the console; the local host makes it. In Azure it is not looked at: there people
    /// sign in with Entra.
    /// </summary>
    [RegularExpression("^[0-9a-f]{32,}$", ErrorMessage = "takes at least 32 hexadecimal digits")]
    public string LocalKey { get; set; } = "";

    /// <summary>Days of the archive that a rule is tried on at most, by the button of its page.</summary>
    [Range(1, 90)]
    public int ReplayDays { get; set; } = 7;
}
