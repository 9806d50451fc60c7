using System.Text;
using System.Text.Json;
using Crowsnest.Core.Json;

namespace Crowsnest.Core.Tests.Json;

/// <summary>The skipper and the unescaper against the framework's own JSON, over texts made by a seeded generator.</summary>
public sealed class JsonSkipperTests
{
    [Fact]
    public void End_AnyValue_IsWhereTheReaderEndsIt()
    {
        Random random = new(20_261_123);
        for (int i = 0; i < 20_000; i++)
        {
            string json = Value(random, 4);
            byte[] bytes = Encoding.UTF8.GetBytes(json + ",\"after\":\"}]\\\\\"}");
            int length = Encoding.UTF8.GetByteCount(json);

            Assert.True(JsonSkipper.End(bytes, 0) == length, json);
            if (json[0] is '{' or '[' or '"')
            {
                int cut = random.Next(1, length);
                Assert.True(JsonSkipper.End(bytes.AsSpan(0, cut), 0) == -1, $"{json} cut at {cut}");
            }
        }
    }

    [Fact]
    public void Unescape_AnyString_IsWhatTheSerializerReads()
    {
        Random random = new(7);
        for (int i = 0; i < 20_000; i++)
        {
            string text = Text(random, 300);
            byte[] json = Encoding.UTF8.GetBytes(Escaped(text, random) + "tail of the message with \"quotes\" and \\ in it");
            byte[] target = new byte[json.Length + JsonUnescaper.Slack];

            int end = JsonUnescaper.Unescape(json, 1, target, out int written);

            Assert.Equal(text, Encoding.UTF8.GetString(target, 0, written));
            Assert.Equal((byte)'"', json[end - 1]);
            Assert.Equal((byte)'t', json[end]);
        }
    }

    [Fact]
    public void Unescape_RowsOfBackslashes_AreHalfAsLong()
    {
        for (int before = 0; before < 130; before++)
        {
            for (int row = 0; row < 70; row++)
            {
                string letters = new('x', before);
                string quoted = $"\"{letters}{new string('\\', 2 * row)}\\\"end\"";
                byte[] json = Encoding.UTF8.GetBytes(quoted + new string('\\', 200));
                byte[] target = new byte[json.Length + JsonUnescaper.Slack];

                int end = JsonUnescaper.Unescape(json, 1, target, out int written);

                Assert.Equal($"{letters}{new string('\\', row)}\"end", Encoding.UTF8.GetString(target, 0, written));
                Assert.Equal(quoted.Length, end);
            }
        }
    }

    [Theory]
    [InlineData("\"\\ud800\"", "\uFFFD")]
    [InlineData("\"\\udc00\\ud800x\"", "\uFFFD\uFFFDx")]
    [InlineData("\"\\uZZZZ\"", "\uFFFD")]
    [InlineData("\"\\q\"", "q")]
    public void Unescape_NoEscape_BecomesAStrangeLetter(string json, string expected)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json);
        byte[] target = new byte[bytes.Length + JsonUnescaper.Slack];

        int end = JsonUnescaper.Unescape(bytes, 1, target, out int written);

        Assert.Equal(bytes.Length, end);
        Assert.Equal(expected, Encoding.UTF8.GetString(target, 0, written));
    }

    private static string Value(Random random, int depth) => random.Next(depth > 0 ? 7 : 5) switch
    {
        0 => "null",
        1 => random.Next(2) == 0 ? "true" : "-12.5e3",
        2 or 3 or 4 => Escaped(Text(random, 90), random),
        5 => "[" + string.Join(Space(random) + ",", Enumerable.Range(0, random.Next(6)).Select(_ => Value(random, depth - 1))) + "]",
        _ => "{" + string.Join(",", Enumerable.Range(0, random.Next(6)).Select(
            _ => $"{Escaped(Text(random, 12), random)}{Space(random)}:{Value(random, depth - 1)}")) + "}",
    };

    private static string Space(Random random) => random.Next(3) == 0 ? " \n" : "";

    private static string Text(Random random, int longest)
    {
        const string alphabet = "abcdefghij{}[]\"\\,:/ \n\t\u0001éß漢";
        StringBuilder text = new();
        for (int i = random.Next(longest); i > 0; i--)
        {
            text.Append(random.Next(40) == 0 ? "\U0001F600" : alphabet[random.Next(alphabet.Length)].ToString());
        }

        return text.ToString();
    }

    private static string Escaped(string text, Random random) => random.Next(2) == 0
        ? JsonSerializer.Serialize(text)
        : JsonSerializer.Serialize(text, Relaxed).Replace("/", "\\/", StringComparison.Ordinal);

    private static readonly JsonSerializerOptions Relaxed = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
