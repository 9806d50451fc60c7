using System.Text.Json;

namespace Crowsnest.Core.Rules;

/// <summary>A field inside a body: a dotted path in which every array stands for any of its elements.</summary>
internal sealed class JsonField(Func<EventView, IEnumerable<JsonElement>> roots, string[] path) : Field
{
    internal override int Cost => 100;

    internal override bool Any(EventView view, Func<FieldValue, bool> test)
    {
        foreach (JsonElement root in roots(view))
        {
            if (Walk(root, path, test))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Walk(JsonElement element, ReadOnlySpan<string> path, Func<FieldValue, bool> test)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
            {
                if (Walk(item, path, test))
                {
                    return true;
                }
            }

            return false;
        }

        if (path.IsEmpty)
        {
            return Test(element, test);
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        if (element.TryGetProperty(path[0], out JsonElement next))
        {
            return Walk(next, path[1..], test);
        }

        // Keys of labels and annotations contain dots themselves.
        for (int length = path.Length; length > 1; length--)
        {
            if (element.TryGetProperty(string.Join('.', path[..length]), out next))
            {
                return Walk(next, path[length..], test);
            }
        }

        return false;
    }

    private static bool Test(JsonElement element, Func<FieldValue, bool> test) => element.ValueKind switch
    {
        JsonValueKind.String => test(FieldValue.Of(element.GetString()!)),
        JsonValueKind.Number => test(FieldValue.Of(element.GetRawText())),
        JsonValueKind.True => test(FieldValue.Of("true")),
        JsonValueKind.False => test(FieldValue.Of("false")),
        JsonValueKind.Null => test(new FieldValue(null, IsNull: true)),
        JsonValueKind.Object => test(FieldValue.Present),
        _ => false,
    };
}
