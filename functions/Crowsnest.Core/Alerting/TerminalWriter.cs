using System.Text;

namespace Crowsnest.Core.Alerting;

/// <summary>Writes to a terminal with every escape as text: what is written holds names that anyone may have chosen.</summary>
public sealed class TerminalWriter(TextWriter inner) : TextWriter(System.Globalization.CultureInfo.InvariantCulture)
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value)
    {
        // Half a character is seen with its other half only, and is no escape.
        if (char.IsSurrogate(value) || value == '\r')
        {
            inner.Write(value == '\r' ? "" : value.ToString());
            return;
        }

        inner.Write(SafeText.Seen(value.ToString(), keepsLines: true));
    }

    public override void Write(string? value) =>
        inner.Write(SafeText.Seen((value ?? "").Replace("\r\n", "\n", StringComparison.Ordinal), keepsLines: true));

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void WriteLine(string? value) => Write(value + "\n");

    public override void Flush() => inner.Flush();
}
