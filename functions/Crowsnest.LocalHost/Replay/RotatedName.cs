using System.Text.RegularExpressions;

namespace Crowsnest.LocalHost.Replay;

/// <summary>What the name of a rotated file tells about its age: a number that grows with age, or a date.</summary>
internal sealed partial record RotatedName(int? Number, string? Date)
{
    internal const string Compressed = ".gz";

    /// <summary>Name and extension of the log, between which rotated files carry what tells them apart.</summary>
    internal static (string Stem, string Extension) Split(string name)
    {
        string extension = Path.GetExtension(name);
        return extension.Length == name.Length ? (name, "") : (name[..^extension.Length], extension);
    }

    /// <summary>
    /// Reads <c>audit-2026-11-26T01-02-03.000.log</c> (lumberjack, kube-apiserver), <c>audit.log.1</c>, <c>audit.log-20261126</c>,
    /// <c>audit-20261126.log</c> and <c>audit.1.log</c> (logrotate), each also with <c>.gz</c>.
    /// </summary>
    /// <returns>Null for the file of somebody else: <c>audit-policy.yaml</c>, <c>audit-2.log</c>.</returns>
    internal static RotatedName? Parse(string name, string stem, string extension)
    {
        string rest = name[stem.Length..];
        rest = rest.EndsWith(Compressed, StringComparison.Ordinal) ? rest[..^Compressed.Length] : rest;
        if (rest.StartsWith(extension, StringComparison.Ordinal))
        {
            rest = rest[extension.Length..];
        }
        else if (rest.EndsWith(extension, StringComparison.Ordinal))
        {
            rest = rest[..^extension.Length];
        }
        else
        {
            return null;
        }

        Match match = Pattern().Match(rest);
        return !match.Success ? null
            : match.Groups["number"] is { Success: true } number
                ? new RotatedName(int.Parse(number.ValueSpan, System.Globalization.CultureInfo.InvariantCulture), null)
            : new RotatedName(null, string.Concat(match.Groups["date"].Value.Where(char.IsAsciiDigit)));
    }

    [GeneratedRegex(@"^(?:\.(?<number>[0-9]{1,3})|[-._](?<date>[0-9]{4}[-._]?[0-9]{2}[-._]?[0-9]{2}[-._:TZ0-9]*))$")]
    private static partial Regex Pattern();
}
