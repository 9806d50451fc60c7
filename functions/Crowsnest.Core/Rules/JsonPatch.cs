using System.Buffers;
using System.Text.Json;

namespace Crowsnest.Core.Rules;

/// <summary>
/// Turns a JSON patch (RFC 6902) into the object that it sets, as a merge patch would say it, so that rules read all kinds
/// of patches by the same paths. What is removed becomes null. Followed is what the API server does, by evanphx/json-patch
/// v4; what comes from the object as it was before can't be.
/// </summary>
internal sealed class JsonPatch
{
    // Objects of Kubernetes are not that deep; each part of a path costs memory.
    private const int DeepestPath = 64;

    // The limits of the API server: maxJSONPatchOperations (endpoints/handlers/patch.go) and JSONPatchMaxCopyBytes.
    private const int MostOperations = 10_000;
    private const int MostCopied = 3 * 1024 * 1024;

    private static readonly JsonWriterOptions Writing = new() { SkipValidation = true, MaxDepth = 2 * JsonBody.DeepestBody };

    private PatchNode _root = new BaseNode();
    private bool _isFollowed = true;
    private int _budget = MostCopied;

    private JsonPatch()
    {
    }

    /// <summary>True when the body is a list of operations: a body that is a list can be nothing else.</summary>
    internal static bool IsPatch(JsonElement body) => body.ValueKind == JsonValueKind.Array;

    /// <summary>The object that the operations set.</summary>
    internal static PatchedBody Follow(JsonElement patch)
    {
        JsonPatch run = new();
        int left = MostOperations;
        foreach (JsonElement operation in patch.EnumerateArray())
        {
            if (left-- == 0 || run._budget < 0)
            {
                run._isFollowed = false;
                break;
            }

            bool isFollowed = run.Apply(operation);
            run._isFollowed &= isFollowed;
        }

        return run.Written();
    }

    private PatchedBody Written()
    {
        ArrayBufferWriter<byte> json = new();
        using Utf8JsonWriter writer = new(json, Writing);
        bool all = _root.Write(writer);
        writer.Flush();
        return new PatchedBody(json.WrittenMemory, all && _isFollowed);
    }

    // False when the operation could not be followed. One that the API server refuses ends the whole patch there.
    private bool Apply(JsonElement operation)
    {
        string[]? path = PathOf(operation, "path");
        JsonElement value = operation.Member("value");
        switch (operation.Text("op"))
        {
            case "test":
                return true;
            case "add":
                return path is not null && Put(path, new WholeNode(value), replaces: false);
            case "replace":
                return path is not null && Put(path, new WholeNode(value), replaces: true);
            case "remove":
                return path is [.., string last] && Reach(path) is { } parent && parent.Remove(last);
            case "move" or "copy":
                return path is not null && PathOf(operation, "from") is { Length: > 0 } from
                    && Bring(from, path, isMove: operation.Text("op") == "move");
            default:
                return false;
        }
    }

    private bool Put(string[] path, PatchNode node, bool replaces)
    {
        if (path.Length == 0)
        {
            _root = node;
            return true;
        }

        return Reach(path) is { } parent && (replaces ? parent.Replace(path[^1], node) : parent.Add(path[^1], node)) && !parent.IsAmbiguous;
    }

    private bool Bring(string[] from, string[] path, bool isMove)
    {
        if (Reach(from) is not { } parent)
        {
            return false;
        }

        PatchNode? brought = parent.Find(from[^1], mayBe: false);
        bool isKnown = brought is { IsWhole: true };
        if (isMove)
        {
            parent.Remove(from[^1]);
        }
        else if (brought is not null)
        {
            brought = brought.Copy(ref _budget);
        }

        return Put(path, brought ?? new BaseNode(), replaces: false) && isKnown && _budget >= 0;
    }

    // What holds the place that the path names.
    private PatchNode? Reach(string[] path)
    {
        PatchNode node = _root;
        for (int i = 0; i < path.Length - 1; i++)
        {
            PatchNode? next = node.Find(path[i], mayBe: true);
            _isFollowed &= !node.IsAmbiguous;
            if (next is null)
            {
                return null;
            }

            node = next;
        }

        return node;
    }

    // Whatever stands before the first slash is ignored there as well. Without a slash there is only the root.
    private static string[]? PathOf(JsonElement operation, string name)
    {
        if (operation.Member(name) is not { ValueKind: JsonValueKind.String } text)
        {
            return null;
        }

        string[] parts = text.GetString()!.Split('/', DeepestPath + 2);
        if (parts.Length > DeepestPath + 1 || (parts.Length == 1 && parts[0].Length > 0))
        {
            return null;
        }

        return [.. parts.Skip(1).Select(static part =>
            part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
    }
}
