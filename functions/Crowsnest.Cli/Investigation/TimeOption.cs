using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Crowsnest.Cli.Investigation;

/// <summary>Options that take a time.</summary>
internal static class TimeOption
{
    internal static Option<DateTimeOffset?> Create(string name, string description) => new(name)
    {
        Description = $"{description} YYYY-MM-DD, YYYY-MM-DDTHH:MM[:SS], in UTC unless a zone is given.",
        Recursive = true,
        CustomParser = result => Parse(result.Tokens[0].Value, name, result),
    };

    private static DateTimeOffset? Parse(string text, string name, ArgumentResult result)
    {
        if (DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out DateTimeOffset time))
        {
            return time;
        }

        result.AddError($"{name} takes a time such as 2026-11-02 or 2026-11-02T10:30Z, not '{text}'");
        return null;
    }
}
