using System.Text.RegularExpressions;
using Crowsnest.Core.Rules;
using CsCheck;

namespace Crowsnest.Core.Tests.Rules;

public sealed class GlobTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void IsMatch_AnyPatternAndText_AgreesWithTheSameRegularExpression(bool ignoreCase)
    {
        Gen<string> patterns = Gen.String[Gen.Char["abA*?"], 0, 8];
        Gen<string> texts = Gen.String[Gen.Char["abAB"], 0, 12];

        Gen.Select(patterns, texts).Sample(
            (pattern, text) =>
            {
                string expression = pattern.Replace("*", ".*", StringComparison.Ordinal).Replace('?', '.');
                RegexOptions options = ignoreCase ? RegexOptions.IgnoreCase | RegexOptions.CultureInvariant : RegexOptions.None;
                return new Glob("", pattern, "", ignoreCase).IsMatch(text) == Regex.IsMatch(text, $@"\A(?:{expression})\z", options);
            },
            iter: 20_000);
    }
}
