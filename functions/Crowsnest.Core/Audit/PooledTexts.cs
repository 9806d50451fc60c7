using System.Text.Json;

namespace Crowsnest.Core.Audit;

/// <summary>Reads the texts of JSON through a pool.</summary>
internal static class PooledTexts
{
    /// <summary>The text that the reader stands on.</summary>
    internal static string Text(this Utf8StringPool pool, ref Utf8JsonReader reader) =>
        reader.ValueIsEscaped ? reader.GetString()! : pool.Get(reader.ValueSpan);

    /// <summary>The text of the value that follows a name; empty when it is none.</summary>
    internal static string ReadString(this Utf8StringPool pool, ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return pool.Text(ref reader);
        }

        reader.Skip();
        return "";
    }

    /// <summary>The texts of the array that follows a name; none when it is no array.</summary>
    internal static string[] ReadStrings(this Utf8StringPool pool, ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            return pool.ReadItems(ref reader);
        }

        reader.Skip();
        return [];
    }

    /// <summary>The texts of the array that the reader stands on; what else is in it is passed over.</summary>
    internal static string[] ReadItems(this Utf8StringPool pool, ref Utf8JsonReader reader)
    {
        List<string> items = [];
        bool inside = reader.TokenType == JsonTokenType.StartArray;
        while (inside && reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                items.Add(pool.Text(ref reader));
            }
            else
            {
                reader.Skip();
            }
        }

        return [.. items];
    }
}
