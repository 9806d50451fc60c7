using Crowsnest.Core.Alerting;

namespace Crowsnest.Core.Tests.Alerting;

public sealed class TerminalWriterTests
{
    [Fact]
    public void Write_EscapesOfATerminal_AreText()
    {
        using StringWriter inner = new();
        using TerminalWriter writer = new(inner);

        writer.WriteLine("a\u001b]0;title\u0007\u202e\tb\r\n\u009b31m");
        writer.Write('\u001b');
        writer.Write("J\u00fcrgen \U0001F600");

        Assert.Equal("a\\u001B]0;title\\u0007\\u202E\tb\n\\u009B31m\n\\u001BJ\u00fcrgen \U0001F600", inner.ToString());
    }

    [Fact]
    public void Terminal_LineBreakInAName_ForgesNoLine() => Assert.Equal("a\\u000Ab", SafeText.Terminal("a\nb"));
}
