using System.Security.Cryptography;
using System.Text;

namespace Crowsnest.Core.Tests.Judging;

/// <summary>Makes up what looks like credentials: computed, so that no scanner of sources takes them for real.</summary>
internal static class FakeCredential
{
    /// <summary>A word of capitals, small letters and digits, the same for the same number.</summary>
    internal static string Mixed(int number, int length = 24) => string.Concat(
        Convert.ToBase64String(SHA512.HashData(Encoding.ASCII.GetBytes($"fake {number}"))).Where(char.IsAsciiLetterOrDigit).Take(length));

    /// <summary>A word of small letters: nothing but its place tells that it is a credential.</summary>
    internal static string Word(int number) => "fakeword" + string.Concat($"{number:000}".Select(static digit => (char)(digit - '0' + 'a')));

    internal static string Hex(int number, int length = 64) => Convert.ToHexStringLower(SHA512.HashData(Encoding.ASCII.GetBytes($"fake {number}")))[..length];

    internal static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
