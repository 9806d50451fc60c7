using System.Text.Json;

namespace Crowsnest.Core.Rules;

/// <summary>A place in the object that a JSON patch is about.</summary>
internal abstract class PatchNode
{
    /// <summary>The key of the place behind the last one of a list.</summary>
    protected const string End = "-";

    /// <summary>What a node counts for besides the bytes in it.</summary>
    protected const int NodeSize = 100;

    // Deeper than any object of Kubernetes, so that nobody who nests by moving makes a reader run out of stack.
    private const int DeepestTree = 500;

    /// <summary>True when the patch brought it; false when only the places in it are known that the patch names.</summary>
    internal abstract bool IsWhole { get; }

    /// <summary>True when two keys may stand for one place here, and nobody can tell.</summary>
    internal virtual bool IsAmbiguous => false;

    /// <summary>Finds what is at the key; null when the API server would find nothing.</summary>
    /// <param name="key">A name, or a place in a list.</param>
    /// <param name="mayBe">True to take for granted what may have been there before the patch.</param>
    internal abstract PatchNode? Find(string key, bool mayBe);

    /// <summary>Sets a member, or inserts an element. False when the API server would refuse it, as with all that follow.</summary>
    internal abstract bool Add(string key, PatchNode node);

    internal abstract bool Replace(string key, PatchNode node);

    internal abstract bool Remove(string key);

    /// <summary>Makes another of it.</summary>
    /// <param name="budget">Bytes that may still be copied; below zero when it was not enough.</param>
    /// <param name="depth">How deep the node lies in what is copied.</param>
    internal PatchNode Copy(ref int budget, int depth = 0)
    {
        if (depth > DeepestTree)
        {
            budget = -1;
        }

        return budget < 0 ? new BaseNode() : CopyAt(ref budget, depth);
    }

    /// <summary>Writes what the patch sets. False when something had to be left out.</summary>
    internal bool Write(Utf8JsonWriter writer, int depth = 0)
    {
        if (depth > DeepestTree)
        {
            writer.WriteNullValue();
            return false;
        }

        return WriteAt(writer, depth);
    }

    protected abstract PatchNode CopyAt(ref int budget, int depth);

    protected abstract bool WriteAt(Utf8JsonWriter writer, int depth);

    protected static bool WriteList(Utf8JsonWriter writer, IEnumerable<PatchNode> nodes, int depth)
    {
        bool all = true;
        writer.WriteStartArray();
        foreach (PatchNode node in nodes)
        {
            all &= node.Write(writer, depth + 1);
        }

        writer.WriteEndArray();
        return all;
    }

    protected static bool WriteObject(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, PatchNode>> members, int depth)
    {
        bool all = true;
        writer.WriteStartObject();
        foreach ((string name, PatchNode node) in members)
        {
            writer.WritePropertyName(name);
            all &= node.Write(writer, depth + 1);
        }

        writer.WriteEndObject();
        return all;
    }

    /// <summary>The place that a key means in a list: strconv.Atoi takes signs and leading zeros, and no spaces.</summary>
    protected static bool TryPlace(string key, out int place) => int.TryParse(
        key, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out place);
}
