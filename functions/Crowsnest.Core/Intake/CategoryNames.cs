using System.Text;

namespace Crowsnest.Core.Intake;

/// <summary>Gives one string for the log categories, of which a platform has a dozen. Not thread-safe.</summary>
internal sealed class CategoryNames
{
    private const int MostCategories = 64;
    private const int LongestName = 64;

    private const string Other = "other";

    private readonly List<(byte[] Utf8, string Name)> _names = [];

    /// <summary>True for the categories that hold audit events. Second schemas write them in letters of their own.</summary>
    internal static bool IsAudit(ReadOnlySpan<byte> category) =>
        Ascii.EqualsIgnoreCase(category, "kube-audit"u8) || Ascii.EqualsIgnoreCase(category, "kube-audit-admin"u8);

    internal string Get(ReadOnlySpan<byte> category)
    {
        if (category.IsEmpty)
        {
            return "";
        }

        foreach ((byte[] utf8, string name) in _names)
        {
            if (category.SequenceEqual(utf8))
            {
                return name;
            }
        }

        // Names go into keys and lists: whoever sends odd ones has all of them counted together.
        string text = Encoding.UTF8.GetString(category);
        if (_names.Count >= MostCategories || text.Length > LongestName
            || !text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            return Other;
        }

        _names.Add((category.ToArray(), text));
        return text;
    }
}
