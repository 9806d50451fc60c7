namespace Crowsnest.Core.Audit;

/// <summary>
/// A request URI as the API server reads it: percent-encoding taken off once, <c>+</c> in the query a blank, and behind
/// <c>/proxy</c> a path of its own, cleaned as the server cleans it before it passes it on (apimachinery's
/// JoinPreservingTrailingSlash). Whatever else is spelled in several ways is spelled in one here.
/// </summary>
public sealed class RequestPath
{
    private readonly List<KeyValuePair<string, string>> _query = [];

    private RequestPath(string uri)
    {
        int mark = uri.IndexOf('?', StringComparison.Ordinal);
        string[] parts = Uri.UnescapeDataString(mark < 0 ? uri : uri[..mark]).Trim('/').Split('/');
        int proxied = BehindProxy(parts, out string name);
        ProxyTarget = proxied < 0 ? "" : NameOf(name);
        ProxyPath = proxied < 0 ? "" : Clean(parts.AsSpan(proxied));
        Path = proxied < 0 ? Clean(parts) : Clean(parts.AsSpan(0, proxied)) + (ProxyPath.Length > 1 ? ProxyPath : "");
        if (mark >= 0)
        {
            ReadQuery(uri.AsSpan(mark + 1));
        }
    }

    public static RequestPath None { get; } = new("");

    /// <summary>The path, without empty parts, dots and a slash at the end.</summary>
    public string Path { get; }

    /// <summary>What of the path goes to the node, pod or service behind <c>/proxy</c>; empty when nothing is proxied.</summary>
    public string ProxyPath { get; }

    /// <summary>The node, pod or service, without scheme and port (<c>https:n1:10250</c> is n1).</summary>
    public string ProxyTarget { get; }

    public static RequestPath Of(string uri) => uri.Length == 0 ? None : new RequestPath(uri);

    /// <summary>All values of a parameter.</summary>
    public IReadOnlyList<string> All(string name) =>
        _query.Count == 0 ? [] : [.. _query.Where(pair => pair.Key == name).Select(static pair => pair.Value)];

    /// <summary>The value that the server takes for a parameter of one value: the first. Null when there is none.</summary>
    public string? First(string name)
    {
        foreach (KeyValuePair<string, string> pair in _query)
        {
            if (pair.Key == name)
            {
                return pair.Value;
            }
        }

        return null;
    }

    /// <summary>The parts as a path from the root: empty ones and dots left out, two dots taken back.</summary>
    public static string Clean(ReadOnlySpan<string> parts)
    {
        List<string> kept = [];
        foreach (string part in parts)
        {
            if (part == "..")
            {
                kept.RemoveRange(Math.Max(0, kept.Count - 1), Math.Min(1, kept.Count));
            }
            else if (part.Length > 0 && part != ".")
            {
                kept.Add(part);
            }
        }

        return "/" + string.Join('/', kept);
    }

    // The place after "proxy" in /api/v1/[namespaces/NS/]KIND/NAME/proxy/…, or in the old form /api/v1/proxy/…/KIND/NAME/…
    // (RequestInfoFactory). An "x=/proxy/" elsewhere is none.
    private static int BehindProxy(string[] parts, out string name)
    {
        name = "";
        int next = parts[0] switch { "api" => 2, "apis" => 3, _ => parts.Length };
        bool isOld = next < parts.Length && parts[next] == "proxy";
        next += isOld ? 1 : 0;
        if (next + 2 < parts.Length && parts[next] == "namespaces")
        {
            next += 2;
        }

        int rest = isOld ? next + 2 : next + 3;
        if (rest > parts.Length || (!isOld && parts[next + 2] != "proxy"))
        {
            return -1;
        }

        name = parts[next + 1];
        return rest;
    }

    // SCHEME:NAME:PORT, NAME:PORT or NAME (apimachinery's SplitSchemeNamePort).
    private static string NameOf(string name) => name.Split(':') is [_, string middle, _] ? middle : name.Split(':')[0];

    // Go drops a pair that holds a semicolon or a broken encoding (net/url.ParseQuery, since 1.17); the rest stands.
    private void ReadQuery(ReadOnlySpan<char> query)
    {
        foreach (Range range in query.Split('&'))
        {
            ReadOnlySpan<char> pair = query[range];
            if (pair.IsEmpty || pair.Contains(';') || HasBrokenEncoding(pair))
            {
                continue;
            }

            int equals = pair.IndexOf('=');
            _query.Add(new(Decode(equals < 0 ? pair : pair[..equals]), equals < 0 ? "" : Decode(pair[(equals + 1)..])));
        }
    }

    private static bool HasBrokenEncoding(ReadOnlySpan<char> text)
    {
        for (int i = text.IndexOf('%'); i >= 0 && i < text.Length; i++)
        {
            if (text[i] == '%' && (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2])))
            {
                return true;
            }
        }

        return false;
    }

    private static string Decode(ReadOnlySpan<char> text) => Uri.UnescapeDataString(text.ToString().Replace('+', ' '));
}
