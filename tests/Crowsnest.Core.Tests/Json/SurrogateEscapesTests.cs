using System.Text;
using System.Text.Json;
using Crowsnest.Core.Json;
using CsCheck;

namespace Crowsnest.Core.Tests.Json;

public sealed class SurrogateEscapesTests
{
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"b"}""")]
    [InlineData("""["\ud83d\ude00","\u00e4"]""", """["\ud83d\ude00","\u00e4"]""")]
    [InlineData("""["\ud800"]""", """["\ufffd"]""")]
    [InlineData("""["\uDC00\uD83D"]""", """["\ufffd\ufffd"]""")]
    [InlineData("""["\ud83d\ud83d\ude00"]""", """["\ufffd\ud83d\ude00"]""")]
    [InlineData("""["\\ud800"]""", """["\\ud800"]""")]
    [InlineData("""["\\\ud800"]""", """["\\\ufffd"]""")]
    [InlineData("""["\ud8""", """["\ud8""")]
    [InlineData("""["\ud800\""", """["\ufffd\""")]
    public void Mend_Halves_AreReplaced(string json, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(SurrogateEscapes.Mend(Encoding.UTF8.GetBytes(json)).Span));

    [Fact]
    public void Mend_AnyEscapes_CanBeReadAndAreWhatTheyWereButForHalves() => Gen.Char["\\ud8cDf0\""].Array[0, 40].Sample(
        static chars =>
        {
            byte[] json = Encoding.UTF8.GetBytes('"' + new string(chars) + '"');
            string? read = Read(SurrogateEscapes.Mend(json));
            return Read(json) is { } before ? read == before : read is null || read.Contains('\uFFFD', StringComparison.Ordinal);
        },
        iter: 200_000);

    // Null when it is no JSON, or can't be read.
    private static string? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.GetString();
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
