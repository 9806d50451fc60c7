using System.Runtime.InteropServices;
using System.Text.Json;

namespace Crowsnest.Core.Rules;

/// <summary>A value that the patch brought. It is opened when a later operation reaches into it.</summary>
internal sealed class WholeNode(JsonElement value) : PatchNode
{
    private bool _isOpen;
    private Dictionary<string, PatchNode>? _members;
    private List<PatchNode>? _items;

    /// <summary>What a removal leaves: merge patches write null for it.</summary>
    internal static WholeNode Null { get; } = new(default);

    internal override bool IsWhole => true;

    internal override PatchNode? Find(string key, bool mayBe)
    {
        Open();
        return _items is null ? _members?.GetValueOrDefault(key)
            : TryIndex(key, _items.Count, out int index) ? _items[index] : null;
    }

    internal override bool Add(string key, PatchNode node)
    {
        Open();
        if (_items is null)
        {
            return Replace(key, node);
        }

        if (key == End)
        {
            _items.Add(node);
            return true;
        }

        // The end is a place as well.
        if (!TryIndex(key, _items.Count + 1, out int index))
        {
            return false;
        }

        _items.Insert(index, node);
        return true;
    }

    internal override bool Replace(string key, PatchNode node)
    {
        Open();
        if (_members is not null)
        {
            _members[key] = node;
            return true;
        }

        if (_items is null || !TryIndex(key, _items.Count, out int index))
        {
            return false;
        }

        _items[index] = node;
        return true;
    }

    internal override bool Remove(string key)
    {
        Open();
        if (_items is null || !TryIndex(key, _items.Count, out int index))
        {
            return _members is not null && _members.Remove(key);
        }

        _items.RemoveAt(index);
        return true;
    }

    protected override PatchNode CopyAt(ref int budget, int depth)
    {
        budget -= NodeSize;
        if (_members is null && _items is null)
        {
            budget -= value.ValueKind == JsonValueKind.Undefined ? 0 : JsonMarshal.GetRawUtf8Value(value).Length;
            return new WholeNode(value);
        }

        WholeNode copy = new(default) { _isOpen = true, _members = _members is null ? null : new(_members.Count, StringComparer.Ordinal) };
        foreach ((string name, PatchNode node) in _members ?? [])
        {
            copy._members!.Add(name, node.Copy(ref budget, depth + 1));
        }

        copy._items = _items is null ? null : new(_items.Count);
        foreach (PatchNode node in _items ?? [])
        {
            copy._items!.Add(node.Copy(ref budget, depth + 1));
        }

        return copy;
    }

    protected override bool WriteAt(Utf8JsonWriter writer, int depth)
    {
        if (_items is not null)
        {
            return WriteList(writer, _items, depth);
        }

        if (_members is not null)
        {
            return WriteObject(writer, _members, depth);
        }

        if (value.ValueKind == JsonValueKind.Undefined)
        {
            writer.WriteNullValue();
        }
        else
        {
            value.WriteTo(writer);
        }

        return true;
    }

    private void Open()
    {
        if (_isOpen)
        {
            return;
        }

        _isOpen = true;
        if (value.ValueKind == JsonValueKind.Array)
        {
            _items = [.. value.EnumerateArray().Select(static item => new WholeNode(item))];
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            _members = new Dictionary<string, PatchNode>(StringComparer.Ordinal);
            foreach (JsonProperty member in value.EnumerateObject())
            {
                _members[member.Name] = new WholeNode(member.Value);
            }
        }
    }

    private static bool TryIndex(string key, int count, out int index)
    {
        bool isPlace = TryPlace(key, out index);
        index = index < 0 ? index + count : index;
        return isPlace && index >= 0 && index < count;
    }
}
