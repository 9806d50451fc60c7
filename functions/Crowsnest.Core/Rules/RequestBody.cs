using System.Text.Json;
using Crowsnest.Core.Json;

namespace Crowsnest.Core.Rules;

/// <summary>
/// The request body as the API server reads it. Members that stand twice: the last one counts, as in its merge patches. What it
/// decodes into typed objects is written anew before it is logged, and has none twice.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = JsonBody.DeepestBody };
    private static readonly JsonDocumentOptions NoneTwice = new() { MaxDepth = JsonBody.DeepestBody, AllowDuplicateProperties = false };

    private static readonly RequestBody None = new(null, isFollowed: true);

    private readonly JsonDocument? _document;

    private RequestBody(JsonDocument? document, bool isFollowed) => (_document, IsFollowed) = (document, isFollowed);

    /// <summary>The object that is written or set, or an undefined element.</summary>
    internal JsonElement Root => _document?.RootElement ?? default;

    /// <summary>False when the body sets what can't be told from it alone.</summary>
    internal bool IsFollowed { get; }

    /// <summary>
    /// True when it can be told without decoding that the body is followed: an object, too short to be nested too deep. It is part
    /// of an event that was read, so it is not broken.
    /// </summary>
    internal static bool IsPlain(ReadOnlySpan<byte> json) =>
        json.Length < 2 * JsonBody.DeepestBody && json.TrimStart(" \t\r\n"u8) is [(byte)'{', ..];

    internal static RequestBody Of(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty)
        {
            return None;
        }

        JsonDocument? document = Read(json);
        if (document is null || !JsonPatch.IsPatch(document.RootElement))
        {
            return new RequestBody(document, document is not null);
        }

        using JsonDocument patch = document;
        PatchedBody body = JsonPatch.Follow(patch.RootElement);

        // The value of an operation is decoded into a typed object as it came; then members that stand twice are merged.
        JsonDocument? patched = Read(body.Json);
        using JsonDocument? single = Read(json, NoneTwice);
        return new RequestBody(patched, body.IsFollowed && patched is not null && single is not null);
    }

    /// <summary>The document, or null when the JSON is broken or deeper than the API server takes.</summary>
    internal static JsonDocument? Read(ReadOnlyMemory<byte> json) => Read(json, Options);

    public void Dispose() => _document?.Dispose();

    private static JsonDocument? Read(ReadOnlyMemory<byte> json, JsonDocumentOptions options)
    {
        if (json.IsEmpty)
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(SurrogateEscapes.Mend(json), options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
