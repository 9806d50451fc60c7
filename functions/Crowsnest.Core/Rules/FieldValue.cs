using System.Globalization;

namespace Crowsnest.Core.Rules;

/// <summary>One value of a field. An object or array in place of a value has no text: it can only be present.</summary>
internal readonly record struct FieldValue(string? Text, bool IsNull)
{
    internal static FieldValue Present { get; } = new(null, false);

    internal static FieldValue Of(string text) => new(text, false);

    internal bool TryGetNumber(out double number)
    {
        number = 0;
        return Text is not null
            && double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }
}
