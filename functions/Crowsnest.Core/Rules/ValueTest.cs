using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Crowsnest.Core.Rules;

/// <summary>Compiles one value of a rule and the field's modifiers into a test.</summary>
internal static class ValueTest
{
    private static readonly TimeSpan NoLimit = Regex.InfiniteMatchTimeout;

    internal static Func<FieldValue, bool> Compile(string value, IReadOnlyCollection<string> modifiers)
    {
        bool cased = modifiers.Contains("cased");
        if (modifiers.Contains("re"))
        {
            return Expression(value, modifiers);
        }

        if (modifiers.Contains("cidr"))
        {
            return Network(value);
        }

        if (modifiers.FirstOrDefault(static m => m is "gt" or "gte" or "lt" or "lte") is { } comparison)
        {
            return Comparison(value, comparison);
        }

        string prefix = modifiers.Contains("contains") || modifiers.Contains("endswith") ? "*" : "";
        string suffix = modifiers.Contains("contains") || modifiers.Contains("startswith") ? "*" : "";
        return Pattern(prefix, value, suffix, cased ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>True when a value means only itself.</summary>
    internal static bool IsLiteral(string value) => value.AsSpan().IndexOfAny('*', '?', '\\') < 0;

    private static Func<FieldValue, bool> Pattern(string prefix, string value, string suffix, StringComparison comparison)
    {
        List<string> parts = Split(value, out bool single);
        if (single || parts.Count > 2 || (parts.Count == 2 && parts[0].Length > 0 && parts[1].Length > 0))
        {
            return Wildcards(prefix, value, suffix, comparison);
        }

        bool open = prefix.Length > 0;
        bool end = suffix.Length > 0;
        string text = parts[0];
        if (parts.Count == 2)
        {
            // "*", "text*" or "*text"
            text = parts[0].Length > 0 ? parts[0] : parts[1];
            open |= parts[0].Length == 0;
            end |= parts[1].Length == 0;
        }

        if (text.Length == 0 && (open || end))
        {
            return static field => !field.IsNull;
        }

        return (open, end) switch
        {
            (true, true) => field => field.Text is not null && field.Text.Contains(text, comparison),
            (true, false) => field => field.Text is not null && field.Text.EndsWith(text, comparison),
            (false, true) => field => field.Text is not null && field.Text.StartsWith(text, comparison),
            _ => field => string.Equals(field.Text, text, comparison),
        };
    }

    // Cuts a value at its unescaped stars and takes the escapes out. Single is true when it has a one-character wildcard.
    private static List<string> Split(string value, out bool single)
    {
        single = false;
        List<string> parts = [];
        System.Text.StringBuilder part = new();
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            if (c == '\\' && i + 1 < value.Length && value[i + 1] is '*' or '?' or '\\')
            {
                part.Append(value[++i]);
            }
            else if (c == '*')
            {
                parts.Add(part.ToString());
                part.Clear();
            }
            else
            {
                single |= c == '?';
                part.Append(c);
            }
        }

        parts.Add(part.ToString());
        return parts;
    }

    private static Func<FieldValue, bool> Wildcards(
        string prefix,
        string value,
        string suffix,
        StringComparison comparison)
    {
        System.Text.StringBuilder pattern = new("\\A");
        pattern.Append(prefix.Length > 0 ? ".*" : "");
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            if (c == '\\' && i + 1 < value.Length && value[i + 1] is '*' or '?' or '\\')
            {
                pattern.Append(Regex.Escape(value[++i].ToString()));
            }
            else
            {
                pattern.Append(c switch { '*' => ".*", '?' => ".", _ => Regex.Escape(c.ToString()) });
            }
        }

        pattern.Append(suffix.Length > 0 ? ".*" : "").Append("\\z");
        RegexOptions options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline;
        options |= comparison == StringComparison.Ordinal ? RegexOptions.None : RegexOptions.IgnoreCase;
        Regex regex = new(pattern.ToString(), options, NoLimit);
        return field => field.Text is not null && regex.IsMatch(field.Text);
    }

    private static Func<FieldValue, bool> Expression(string value, IReadOnlyCollection<string> modifiers)
    {
        // NonBacktracking runs in time linear in the input, so that no pattern can hang intake.
        RegexOptions options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
        options |= modifiers.Contains("i") ? RegexOptions.IgnoreCase : RegexOptions.None;
        options |= modifiers.Contains("m") ? RegexOptions.Multiline : RegexOptions.None;
        options |= modifiers.Contains("s") ? RegexOptions.Singleline : RegexOptions.None;
        try
        {
            Regex regex = new(value, options, NoLimit);
            return field => field.Text is not null && regex.IsMatch(field.Text);
        }
        catch (Exception invalid) when (invalid is ArgumentException or NotSupportedException)
        {
            throw new RuleException($"'{value}' is not a regular expression that can run in linear time: {invalid.Message}");
        }
    }

    private static Func<FieldValue, bool> Network(string value)
    {
        if (!IPNetwork.TryParse(value, out IPNetwork network))
        {
            throw new RuleException($"'{value}' is not a network in CIDR notation, such as 10.0.0.0/8");
        }

        return field => IPAddress.TryParse(field.Text, out IPAddress? address) && network.Contains(address);
    }

    private static Func<FieldValue, bool> Comparison(string value, string comparison)
    {
        if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double limit))
        {
            throw new RuleException($"'{value}' is not a number, which '{comparison}' needs");
        }

        return comparison switch
        {
            "gt" => field => field.TryGetNumber(out double number) && number > limit,
            "gte" => field => field.TryGetNumber(out double number) && number >= limit,
            "lt" => field => field.TryGetNumber(out double number) && number < limit,
            _ => field => field.TryGetNumber(out double number) && number <= limit,
        };
    }
}
