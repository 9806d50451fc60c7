using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Crowsnest.Functions.Pages;

/// <summary>
/// The stylesheet, the script and the picture of the pages. They lie in the assembly; their addresses hold a hash of what they say, so that
/// browsers keep them until they change. There is nothing secret in them: they need no visitor.
/// </summary>
internal static class ConsoleAssets
{
    private static readonly Dictionary<string, (byte[] Content, string Type)> All = [];

    internal static string Style { get; } = Read("console.css", "text/css; charset=utf-8");

    internal static string Script { get; } = Read("console.js", "text/javascript; charset=utf-8");

    internal static string Icon { get; } = Read("console.svg", "image/svg+xml");

    /// <summary>The asset at a path behind the console's own, or null.</summary>
    internal static IResult? Find(string path) => All.TryGetValue(path, out (byte[] Content, string Type) asset) ? new Kept(asset) : null;

    private static string Read(string name, string type)
    {
        using Stream stream = typeof(ConsoleAssets).Assembly.GetManifestResourceStream(name)!;
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        string path = $"assets/{Convert.ToHexStringLower(SHA256.HashData(content))[..12]}/{name}";
        All.Add(path, (content, type));
        return $"{Links.Base}/{path}";
    }

    private sealed class Kept((byte[] Content, string Type) asset) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers[HeaderNames.CacheControl] = "public, max-age=31536000, immutable";
            return Results.Bytes(asset.Content, asset.Type).ExecuteAsync(httpContext);
        }
    }
}
