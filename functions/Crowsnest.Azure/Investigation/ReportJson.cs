using System.Text.Encodings.Web;
using System.Text.Json;

namespace Crowsnest.Azure.Investigation;

/// <summary>Answers as JSON, for programs.</summary>
public static class ReportJson
{
    // Names of any script stay as they are; HTML is encoded where it is shown.
    private static readonly JsonWriterOptions Options =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true, MaxDepth = 16 };

    /// <summary>
    /// Writes <c>{"question","from","to","clusters","tables":{NAME:{"title","rows":[{COLUMN:value}],"hasMore"}},"notes"}</c>; times are
    /// in ISO 8601, UTC.
    /// </summary>
    public static byte[] Write(Report report)
    {
        using MemoryStream json = new();
        using (Utf8JsonWriter writer = new(json, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("question", report.Question);
            writer.WriteString("from", report.From.UtcDateTime);
            writer.WriteString("to", report.To.UtcDateTime);
            Write(writer, "clusters", report.Clusters);
            writer.WriteStartObject("tables");
            foreach (ReportTable table in report.Tables)
            {
                Write(writer, table);
            }

            writer.WriteEndObject();
            Write(writer, "notes", report.Notes);
            writer.WriteEndObject();
        }

        return json.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, ReportTable table)
    {
        writer.WriteStartObject(table.Name);
        writer.WriteString("title", table.Title);
        writer.WriteStartArray("rows");
        foreach (IReadOnlyList<object?> row in table.Rows)
        {
            writer.WriteStartObject();
            for (int i = 0; i < row.Count; i++)
            {
                writer.WritePropertyName(table.Columns[i]);
                Write(writer, row[i]);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteBoolean("hasMore", table.HasMore);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (string text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, object? cell)
    {
        switch (cell)
        {
            case null:
                writer.WriteNullValue();
                break;
            case bool value:
                writer.WriteBooleanValue(value);
                break;
            case long value:
                writer.WriteNumberValue(value);
                break;
            case double value when double.IsFinite(value):
                writer.WriteNumberValue(Math.Round(value, 4));
                break;
            case DateTimeOffset value:
                writer.WriteStringValue(value.UtcDateTime);
                break;
            case IReadOnlyList<object?> list:
                writer.WriteStartArray();
                foreach (object? item in list)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                writer.WriteStringValue(ShownColumn.TextOf(cell));
                break;
        }
    }
}
