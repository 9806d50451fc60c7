using System.Text.Json;

namespace Crowsnest.Core.Rules;

/// <summary>
/// A field inside a body: a dotted path in which every array stands for any of its elements, and the name <c>*</c> for any
/// member of an object.
/// </summary>
internal sealed class JsonField : Field
{
    private readonly Func<EventView, IReadOnlyList<JsonElement>> _roots;

    // For each place in the path the name there, and the longer names that begin there: keys of labels and annotations
    // contain dots themselves.
    private readonly string[][] _names;

    // Paths on a node are compared as paths, not as text.
    private readonly bool _isHostPath;

    internal JsonField(Func<EventView, IReadOnlyList<JsonElement>> roots, string path)
    {
        _roots = roots;
        string[] parts = path.Split('.');
        _isHostPath = parts is [.., "hostPath", "path"];
        _names = new string[parts.Length][];
        for (int start = 0; start < parts.Length; start++)
        {
            _names[start] = [.. Enumerable.Range(start + 1, parts.Length - start).Select(end => string.Join('.', parts[start..end]))];
        }
    }

    internal override int Cost => 100;

    internal override bool Any(EventView view, Func<FieldValue, bool> test)
    {
        IReadOnlyList<JsonElement> roots = _roots(view);
        for (int i = 0; i < roots.Count; i++)
        {
            if (Walk(roots[i], 0, test))
            {
                return true;
            }
        }

        return false;
    }

    // Calls itself once for each name of the path at most, and once more for a list there: however deep a body is nested.
    private bool Walk(JsonElement element, int place, Func<FieldValue, bool> test)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            return WalkList(element, place, test);
        }

        if (place == _names.Length)
        {
            return Test(element, test, _isHostPath);
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        string[] names = _names[place];
        if (names[0] == "*")
        {
            foreach (JsonProperty member in element.EnumerateObject())
            {
                if (Walk(member.Value, place + 1, test))
                {
                    return true;
                }
            }

            return false;
        }

        for (int length = 0; length < names.Length; length++)
        {
            if (element.TryGetProperty(names[length], out JsonElement next) && Walk(next, place + length + 1, test))
            {
                return true;
            }
        }

        return false;
    }

    private bool WalkList(JsonElement list, int place, Func<FieldValue, bool> test)
    {
        Queue<JsonElement>? inner = null;
        while (true)
        {
            foreach (JsonElement item in list.EnumerateArray())
            {
                if (item.ValueKind == JsonValueKind.Array)
                {
                    (inner ??= []).Enqueue(item);
                }
                else if (Walk(item, place, test))
                {
                    return true;
                }
            }

            if (inner is null || !inner.TryDequeue(out list))
            {
                return false;
            }
        }
    }

    private static bool Test(JsonElement element, Func<FieldValue, bool> test, bool isHostPath) => element.ValueKind switch
    {
        JsonValueKind.String => test(FieldValue.Of(isHostPath ? HostPath.Of(element.GetString()!) : element.GetString()!)),
        JsonValueKind.Number => test(FieldValue.Of(element.GetRawText())),
        JsonValueKind.True => test(FieldValue.Of("true")),
        JsonValueKind.False => test(FieldValue.Of("false")),
        JsonValueKind.Null => test(new FieldValue(null, IsNull: true)),
        JsonValueKind.Object => test(FieldValue.Present),
        _ => false,
    };
}
