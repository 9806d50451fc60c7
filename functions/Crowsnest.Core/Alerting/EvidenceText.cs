using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;

namespace Crowsnest.Core.Alerting;

/// <summary>Shows archived records to people.</summary>
public static class EvidenceText
{
    // Quotes and the signs of HTML stay readable: whoever shows the text encodes it.
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>
    /// A record as text: JSON over several lines with credentials taken out, and with every character escaped that is not
    /// seen, such as marks of direction; a record that is no JSON (any more) on one line. Not encoded for HTML.
    /// </summary>
    /// <param name="line">The record's line in the archive.</param>
    /// <returns>The text, and the ids of the requests that it tells of.</returns>
    public static (string Text, IReadOnlyList<string> AuditIds) Of(ReadOnlyMemory<byte> line)
    {
        using IntakeBatch batch = new();
        new MessageReader(new AuditEventParser(), "").Read(new HubMessage(line, 0, DateTimeOffset.UnixEpoch), batch);
        StringBuilder text = new();
        foreach (IntakeRecord record in batch.Records)
        {
            ReadOnlyMemory<byte> redacted = RecordRedactor.Redact(record).Raw;
            text.Append(Indent(redacted.Span) ?? SafeText.OneLine(Encoding.UTF8.GetString(redacted.Span))).Append('\n');
        }

        return (text.ToString(), [.. batch.Records.Select(static record => record.Event?.AuditId ?? "")]);
    }

    private static string? Indent(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonNode.Parse(json)?.ToJsonString(Indented) is { } text ? Seen(text.ReplaceLineEndings("\n")) : null;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // The latter for an escape that is half of a character pair.
            return null;
        }
    }

    private static string Seen(string json)
    {
        StringBuilder text = new(json.Length);
        foreach (Rune rune in json.EnumerateRunes())
        {
            if (rune.Value == '\n' || !SafeText.IsUnseen(rune))
            {
                text.Append(rune.ToString());
                continue;
            }

            foreach (char half in rune.ToString())
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)half:X4}");
            }
        }

        return text.ToString();
    }
}
