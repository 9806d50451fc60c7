using System.Buffers;

namespace Crowsnest.Core.Detections;

/// <summary>The characters that words of commands, URLs and JSON consist of or end with.</summary>
internal static class CharSets
{
    /// <summary>More of a word is not looked at where it is only asked what kind of word it is: the time must not grow with its
    /// square.</summary>
    internal const int LongestWord = 512;

    internal static readonly SearchValues<char> BeforeImage = SearchValues.Create(" \"'\t\n=,");
    internal static readonly SearchValues<char> BetweenArguments = SearchValues.Create(" \t\r\n\"'`,\\;&|(");
    internal static readonly SearchValues<char> EndOfArgument = SearchValues.Create(" \t\r\n\"'`,\\;&|");
    internal static readonly SearchValues<char> EndOfPlainWord = SearchValues.Create(" \t\r\n\"'\\,;&)");
    internal static readonly SearchValues<char> EndOfSystemName = SearchValues.Create(" \t\r\n\"'=&,?;");
    internal static readonly SearchValues<char> EndOfUrl = SearchValues.Create(" \t\r\n\"'<>`\\");
    internal static readonly SearchValues<char> EndOfWord = SearchValues.Create(" \t\r\n\"'\\,;:)&");
    internal static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");
    internal static readonly SearchValues<char> LowerAndDash = SearchValues.Create("abcdefghijklmnopqrstuvwxyz-");
    internal static readonly SearchValues<char> LowerDashAndDot = SearchValues.Create("abcdefghijklmnopqrstuvwxyz-.");
    internal static readonly SearchValues<char> OfClient = SearchValues.Create("abcdefghijklmnopqrstuvwxyz-/");
    internal static readonly SearchValues<char> OfNumber = SearchValues.Create("0123456789+-.eE");
    internal static readonly SearchValues<char> OfProgram = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-");
    internal static readonly SearchValues<char> Port = SearchValues.Create("0123456789:.,-/tcpud");
}
