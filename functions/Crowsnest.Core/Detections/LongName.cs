namespace Crowsnest.Core.Detections;

/// <summary>
/// Names are as long as whoever chooses them likes, and what is kept of one goes into rows and messages that are not. Of a
/// very long name its beginning is kept, with a hash that tells it from others.
/// </summary>
internal static class LongName
{
    private const int Longest = 200;
    private const int HashLength = 16;

    /// <summary>The name, or what is kept of it, which bounded again is itself.</summary>
    internal static string Bound(string name) => name.Length <= Longest ? name
        : $"{Head(name, Longest - HashLength - 1)}…{ContentId.Of(name)[..HashLength]}";

    /// <summary>At most so many characters from the beginning, and no half of a character pair.</summary>
    internal static string Head(string text, int length) => text.Length <= length ? text
        : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
