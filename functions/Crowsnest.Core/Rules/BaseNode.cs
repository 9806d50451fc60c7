using System.Text.Json;

namespace Crowsnest.Core.Rules;

/// <summary>
/// What was there before the patch, which does not say what it is: known are only the places in it that operations name.
/// Whether it is a list is told by the keys: all of them places, since in a list any other would be refused.
/// </summary>
internal sealed class BaseNode : PatchNode
{
    private readonly Dictionary<string, PatchNode> _members = new(StringComparer.Ordinal);

    // From the head, or from the end when negative.
    private readonly List<(int Place, PatchNode Node)> _places = [];
    private int _removed;
    private bool _isFromEnd;

    internal override bool IsWhole => false;

    internal override bool IsAmbiguous => _isFromEnd && _places.Exists(static place => place.Place >= 0);

    /// <summary>True when no operation says anything about it.</summary>
    internal bool IsBlank => _members.Count == 0 && _places.Count == 0 && _removed == 0;

    internal override PatchNode? Find(string key, bool mayBe)
    {
        if (!TryPlace(key, out int place))
        {
            if (!_members.TryGetValue(key, out PatchNode? member) && mayBe)
            {
                _members.Add(key, member = new BaseNode());
            }

            return member;
        }

        int at = At(place);
        if (at >= 0)
        {
            return _places[at].Node;
        }

        if (!mayBe)
        {
            return null;
        }

        BaseNode node = new();
        _places.Add((place, node));
        _isFromEnd |= place < 0;
        return node;
    }

    internal override bool Add(string key, PatchNode node)
    {
        int place = -1;
        if (key != End && !TryPlace(key, out place))
        {
            return Replace(key, node);
        }

        // What stood there, and all on its side of the list, moves by one.
        for (int i = 0; i < _places.Count; i++)
        {
            (int other, PatchNode moved) = _places[i];
            _places[i] = (place >= 0 && other >= place ? other + 1 : place < 0 && other <= place ? other - 1 : other, moved);
        }

        _places.Add((place, node));
        return true;
    }

    internal override bool Replace(string key, PatchNode node)
    {
        if (!TryPlace(key, out int place))
        {
            _members[key] = node;
            return true;
        }

        if (At(place) is >= 0 and int at)
        {
            _places[at] = (place, node);
        }
        else
        {
            _places.Add((place, node));
            _isFromEnd |= place < 0;
        }

        return true;
    }

    internal override bool Remove(string key)
    {
        if (!TryPlace(key, out int place))
        {
            return Replace(key, WholeNode.Null);
        }

        _removed++;
        _places.RemoveAll(other => other.Place == place);
        for (int i = 0; i < _places.Count; i++)
        {
            (int other, PatchNode moved) = _places[i];
            _places[i] = (place >= 0 && other > place ? other - 1 : place < 0 && other < place ? other + 1 : other, moved);
        }

        return true;
    }

    protected override PatchNode CopyAt(ref int budget, int depth)
    {
        budget -= NodeSize;
        BaseNode copy = new() { _removed = _removed, _isFromEnd = _isFromEnd };
        foreach ((string name, PatchNode node) in _members)
        {
            copy._members.Add(name, node.Copy(ref budget, depth + 1));
        }

        foreach ((int place, PatchNode node) in _places)
        {
            copy._places.Add((place, node.Copy(ref budget, depth + 1)));
        }

        return copy;
    }

    protected override bool WriteAt(Utf8JsonWriter writer, int depth)
    {
        if (IsBlank)
        {
            writer.WriteNullValue();
            return true;
        }

        IEnumerable<PatchNode> elements = _places.Select(static place => place.Node).Concat(Enumerable.Repeat(WholeNode.Null, _removed));
        if (_members.Count == 0)
        {
            return WriteList(writer, elements, depth);
        }

        // An object, some of whose members are named like places: of these the name does not matter.
        IEnumerable<KeyValuePair<string, PatchNode>> named =
            elements.Select(static (node, i) => KeyValuePair.Create(i.ToString(System.Globalization.CultureInfo.InvariantCulture), node));
        return WriteObject(writer, _members.Concat(named), depth);
    }

    private int At(int place) => _places.FindIndex(other => other.Place == place);
}
