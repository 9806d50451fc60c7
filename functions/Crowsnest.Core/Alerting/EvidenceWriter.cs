using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Alerting;

/// <summary>Writes a record for people: the values of <see cref="EvidenceFields"/>, and of all others the shape.</summary>
internal sealed class EvidenceWriter(Utf8JsonWriter writer)
{
    private const int LongestKey = 100;

    // Quotes and the signs of HTML stay readable: whoever shows the text encodes it.
    internal static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 128,
    };

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="member">The member that it is the value of, or of the array that it is in.</param>
    /// <param name="isFree">True inside a map whose members the writer named.</param>
    internal void Write(JsonElement value, string member, bool isFree)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(value, isFree);
                break;
            case JsonValueKind.Array when !isFree && member is "command" or "args":
                WriteStrings(ArgumentList.Redact(Words(value)));
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (JsonElement item in value.EnumerateArray())
                {
                    Write(item, member, isFree);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                WriteString(value.GetString()!, member, isFree);
                break;
            case JsonValueKind.Number when isFree || !EvidenceFields.IsShown(member):
                writer.WriteStringValue("number");
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private void WriteObject(JsonElement value, bool isFree)
    {
        writer.WriteStartObject();
        (IReadOnlyList<string>? Command, IReadOnlyList<string>? Args) words = isFree ? default : CommandOf(value);
        string path = isFree || !value.TryGetProperty("op", out _) || !value.TryGetProperty("path", out JsonElement at)
            || at.ValueKind != JsonValueKind.String
            ? "" : at.GetString()!;
        foreach (JsonProperty property in value.EnumerateObject())
        {
            string name = property.Name;
            string shown = Redactor.Redact(name);
            writer.WritePropertyName(shown.Length <= LongestKey ? shown : LongName.Bound(shown));
            if (words.Command is not null && name == "command")
            {
                WriteStrings(words.Command);
            }
            else if (words.Args is not null && name == "args")
            {
                WriteStrings(words.Args);
            }
            else if (path.Length > 0 && name == "value")
            {
                (string last, bool free) = MemberAt(path);
                Write(property.Value, last, free);
            }
            else if (isFree && EvidenceFields.IsKnownKey(name) && property.Value.ValueKind == JsonValueKind.String)
            {
                writer.WriteStringValue(Redactor.Redact(property.Value.GetString()!));
            }
            else if (name == "env" && !isFree && property.Value.ValueKind == JsonValueKind.Array)
            {
                WriteVariables(property.Value);
            }
            else if (name == "extra" && property.Value.ValueKind == JsonValueKind.Object)
            {
                WriteExtra(property.Value);
            }
            else
            {
                Write(property.Value, name, isFree || EvidenceFields.IsFree(name));
            }
        }

        writer.WriteEndObject();
    }

    // Of a variable the name, and where its value comes from; not the value.
    private void WriteVariables(JsonElement variables)
    {
        writer.WriteStartArray();
        foreach (JsonElement variable in variables.EnumerateArray())
        {
            Write(variable, "env", isFree: false);
        }

        writer.WriteEndArray();
    }

    // Of the identity's extra values those that say which pod, node or session it is.
    private void WriteExtra(JsonElement extra)
    {
        writer.WriteStartObject();
        foreach (JsonProperty property in extra.EnumerateObject())
        {
            writer.WritePropertyName(Redactor.Redact(property.Name));
            bool isKnown = EvidenceFields.IsKnownKey(property.Name);
            Write(property.Value, isKnown ? "name" : property.Name, isFree: !isKnown);
        }

        writer.WriteEndObject();
    }

    private void WriteString(string text, string member, bool isFree)
    {
        string shown = isFree || !EvidenceFields.IsShown(member) ? ShapeOf(text)
            : EvidenceFields.IsName(member) ? Redactor.RedactName(text) : Redactor.Redact(text);
        writer.WriteStringValue(shown);
    }

    private void WriteStrings(IReadOnlyList<string> words)
    {
        writer.WriteStartArray();
        foreach (string word in words)
        {
            writer.WriteStringValue(word);
        }

        writer.WriteEndArray();
    }

    /// <summary>What can be said of a value that is not shown.</summary>
    internal static string ShapeOf(string text) => text.Length == 0 || text is "redacted" or Redactor.Mark ? text
        : text[0] is '{' or '[' && text.Length > 2 ? string.Create(CultureInfo.InvariantCulture, $"JSON of {text.Length} characters")
        : string.Create(CultureInfo.InvariantCulture, $"string of {text.Length} characters");

    // The last word of the one may say what the first of the other is.
    private static (IReadOnlyList<string>?, IReadOnlyList<string>?) CommandOf(JsonElement value)
    {
        if (!value.TryGetProperty("command", out JsonElement command) || !value.TryGetProperty("args", out JsonElement args)
            || command.ValueKind != JsonValueKind.Array || args.ValueKind != JsonValueKind.Array)
        {
            return (null, null);
        }

        List<string> first = Words(command);
        IReadOnlyList<string> all = ArgumentList.Redact([.. first, .. Words(args)]);
        return ([.. all.Take(first.Count)], [.. all.Skip(first.Count)]);
    }

    private static List<string> Words(JsonElement array) =>
        [.. array.EnumerateArray().Select(static word =>
            word.ValueKind == JsonValueKind.String ? word.GetString()! : word.ValueKind.ToString())];

    // What a JSON pointer points to: its last member that is no index, and whether the writer named it.
    private static (string Member, bool IsFree) MemberAt(string path)
    {
        string member = "";
        bool isFree = false;
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            string name = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (name == "-" || name.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0)
            {
                continue;
            }

            isFree = (isFree || EvidenceFields.IsFree(name)) && name != "valueFrom" && !(member == "env" && name == "name");
            member = name;
        }

        return (member, isFree && member != "env");
    }
}
