using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Crowsnest.Core.Rules;

/// <summary>Compiles the values of a field and its modifiers into tests.</summary>
internal static class ValueTest
{
    private static readonly TimeSpan NoLimit = Regex.InfiniteMatchTimeout;

    /// <summary>Compiles the values; the field matches when one test passes, or with the modifier <c>all</c> every test.</summary>
    internal static IReadOnlyList<Func<FieldValue, bool>> Compile(
        IReadOnlyList<string> values,
        IReadOnlyCollection<string> modifiers)
    {
        if (modifiers.Contains("all"))
        {
            return [.. values.Select(value => OneOf(Encoded([value], modifiers), modifiers))];
        }

        return [OneOf(Encoded(values, modifiers), modifiers)];
    }

    /// <summary>Compiles one value.</summary>
    internal static Func<FieldValue, bool> Compile(string value, IReadOnlyCollection<string> modifiers) =>
        OneOf(Encoded([value], modifiers), modifiers);

    private static List<string> Encoded(IReadOnlyList<string> values, IReadOnlyCollection<string> modifiers) =>
        [.. values.SelectMany(value => ValueEncoding.Apply(value, modifiers))];

    private static Func<FieldValue, bool> OneOf(List<string> values, IReadOnlyCollection<string> modifiers)
    {
        bool cased = modifiers.Contains("cased");
        if (!modifiers.Any(static m => m is "re" or "cidr" or "gt" or "gte" or "lt" or "lte")
            && values.Count > 1 && !values.Exists(Glob.HasWildcard))
        {
            // Many plain values cost no more than one.
            string[] texts = [.. values.Select(Glob.Literal)];
            if (modifiers.Contains("contains") && !texts.Contains(""))
            {
                SearchValues<string> search = SearchValues.Create(texts, Comparison(cased));
                return field => field.Text is not null && field.Text.AsSpan().ContainsAny(search);
            }

            if (!modifiers.Any(static m => m is "contains" or "startswith" or "endswith"))
            {
                FrozenSet<string> set = texts.ToFrozenSet(cased ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase);
                return field => field.Text is not null && set.Contains(field.Text);
            }
        }

        Func<FieldValue, bool>[] tests = [.. values.Select(value => One(value, modifiers, cased))];
        return tests.Length == 1 ? tests[0] : value =>
        {
            foreach (Func<FieldValue, bool> test in tests)
            {
                if (test(value))
                {
                    return true;
                }
            }

            return false;
        };
    }

    private static Func<FieldValue, bool> One(string value, IReadOnlyCollection<string> modifiers, bool cased)
    {
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
            return Number(value, comparison);
        }

        bool open = modifiers.Contains("contains") || modifiers.Contains("endswith");
        bool end = modifiers.Contains("contains") || modifiers.Contains("startswith");
        return Pattern(open, value, end, cased);
    }

    private static Func<FieldValue, bool> Pattern(bool open, string value, bool end, bool cased)
    {
        if (Glob.HasWildcard(value))
        {
            if (value.Trim('*').Length == 0)
            {
                return static field => !field.IsNull;
            }

            Glob glob = new(open ? "*" : "", value, end ? "*" : "", ignoreCase: !cased);
            return field => field.Text is not null && glob.IsMatch(field.Text);
        }

        string text = Glob.Literal(value);
        if (text.Length == 0 && (open || end))
        {
            return static field => !field.IsNull;
        }

        StringComparison comparison = Comparison(cased);
        return (open, end) switch
        {
            (true, true) => field => field.Text is not null && field.Text.Contains(text, comparison),
            (true, false) => field => field.Text is not null && field.Text.EndsWith(text, comparison),
            (false, true) => field => field.Text is not null && field.Text.StartsWith(text, comparison),
            _ => field => string.Equals(field.Text, text, comparison),
        };
    }

    private static StringComparison Comparison(bool cased) =>
        cased ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

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

    private static Func<FieldValue, bool> Number(string value, string comparison)
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
