namespace Crowsnest.Core.Rules;

/// <summary>Replaces placeholders, such as <c>%allowed_images%</c>, with each value of the list (modifier <c>expand</c>).</summary>
internal static class Placeholders
{
    internal static IEnumerable<string> Expand(string value, RuleVocabulary vocabulary)
    {
        int start = value.IndexOf('%', StringComparison.Ordinal);
        int end = start < 0 ? -1 : value.IndexOf('%', start + 1);
        if (end < 0)
        {
            return [value];
        }

        string before = value[..start];
        return vocabulary.List(value[(start + 1)..end])
            .SelectMany(item => Expand(value[(end + 1)..], vocabulary).Select(rest => before + item + rest));
    }
}
