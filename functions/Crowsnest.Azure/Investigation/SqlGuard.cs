using System.Text.Json;

namespace Crowsnest.Azure.Investigation;

/// <summary>
/// Lets through one query that reads nothing but the tables it is given: what DuckDB's own parser says of it decides, not its text.
/// </summary>
internal static class SqlGuard
{
    // They make rows out of values, and open nothing.
    private static readonly HashSet<string> Functions =
        new(StringComparer.OrdinalIgnoreCase) { "unnest", "range", "generate_series", "json_each", "json_tree", "repeat" };

    private static readonly HashSet<string> Sources =
        new(StringComparer.Ordinal) { "BASE_TABLE", "TABLE_FUNCTION", "JOIN", "SUBQUERY", "EMPTY", "EXPRESSION_LIST", "PIVOT" };

    /// <summary>Checks a query.</summary>
    /// <param name="database">Whose parser is asked.</param>
    /// <param name="sql">The query.</param>
    /// <param name="tables">The tables that it may read.</param>
    /// <exception cref="InvestigationException">It may not run; the message says why.</exception>
    internal static void Check(ArchiveDatabase database, string sql, IReadOnlyCollection<string> tables)
    {
        string said = (string)database.Query(
            "parsed", "", "SELECT json_serialize_sql($sql::VARCHAR)::VARCHAR", new Dictionary<string, object> { ["sql"] = sql }, 1, default)
            .Rows[0][0]!;
        using JsonDocument parsed = JsonDocument.Parse(said, new JsonDocumentOptions { MaxDepth = 1000 });
        JsonElement root = parsed.RootElement;
        if (root.GetProperty("error").GetBoolean())
        {
            throw new InvestigationException($"only a SELECT can be asked: {root.GetProperty("error_message").GetString()}");
        }

        if (root.GetProperty("statements").GetArrayLength() != 1)
        {
            throw new InvestigationException("one statement at a time");
        }

        HashSet<string> names = new(tables, StringComparer.OrdinalIgnoreCase);
        AddNamed(root, names);
        Check(root, names, tables);
    }

    // WITH name AS (…): what it may read is checked where it is defined.
    private static void AddNamed(JsonElement element, HashSet<string> names)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
            {
                AddNamed(item, names);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in element.EnumerateObject())
            {
                if (member is { Name: "cte_map", Value.ValueKind: JsonValueKind.Object }
                    && member.Value.TryGetProperty("map", out JsonElement map) && map.ValueKind == JsonValueKind.Array)
                {
                    foreach (JsonElement one in map.EnumerateArray())
                    {
                        names.Add(one.GetProperty("key").GetString()!);
                    }
                }

                AddNamed(member.Value, names);
            }
        }
    }

    private static void Check(JsonElement element, HashSet<string> names, IReadOnlyCollection<string> tables)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
            {
                Check(item, names, tables);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            CheckSource(element, names, tables);
            foreach (JsonProperty member in element.EnumerateObject())
            {
                Check(member.Value, names, tables);
            }
        }
    }

    private static void CheckSource(JsonElement element, HashSet<string> names, IReadOnlyCollection<string> tables)
    {
        // Sources of rows have a name and a sample; queries lack the one, expressions and types the other.
        if (!element.TryGetProperty("type", out JsonElement type) || type.ValueKind != JsonValueKind.String
            || !element.TryGetProperty("sample", out _) || !element.TryGetProperty("alias", out _))
        {
            return;
        }

        string kind = type.GetString()!;
        bool isKnown = Sources.Contains(kind) && kind switch
        {
            "BASE_TABLE" => Text(element, "schema_name").Length == 0 && Text(element, "catalog_name").Length == 0
                && names.Contains(Text(element, "table_name")),
            "TABLE_FUNCTION" => element.TryGetProperty("function", out JsonElement function)
                && Functions.Contains(Text(function, "function_name")),
            _ => true,
        };
        if (!isKnown)
        {
            string named = Text(element, "table_name");
            named = named.Length > 0 ? named
                : element.TryGetProperty("function", out JsonElement asked) ? Text(asked, "function_name") : kind;
            throw new InvestigationException($"'{named}' can't be read: there are {string.Join(", ", tables)}");
        }
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
}
