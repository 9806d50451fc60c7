using System.Text.RegularExpressions;

namespace Crowsnest.Core.Rules;

/// <summary>Judges text that an ingress controller puts into nginx's configuration.</summary>
internal static class NginxText
{
    // What gives code, files of the controller or its token: modules and engines are loaded from disk (CVE-2025-1974), Lua and
    // JavaScript run in the controller, and its service account reads the secrets of the cluster (CVE-2021-25742).
    private static readonly Regex Hostile = new(
        @"_by_lua|\blua_|\bload_module\b|\bssl_engine\b|\bjs_(import|content|set|include)\b|\bperl(_set|_modules)?\s|secrets/kubernetes\.io"
        + @"|/run/secrets|/proc/|/etc/(passwd|shadow|kubernetes|ingress-controller)"
        + @"|\b(root|alias)\s+[""']?/(etc|proc|run|sys|root|tmp|dev|var/run|var/lib)?[/\s;""']"
        + @"|\bclient_body_in_file_only\b|\bdav_methods\b|\binclude\s+[""']?/(proc|tmp|dev|var)/|169\.254\.169\.254",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    // Braces of a quantifier in a regular expression, such as [a-z]{2,3}.
    private static readonly Regex Quantifier = new(@"\{\d+(,\d*)?\}", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private static readonly Regex Quoted = new(@"""[^""\n]*""|'[^'\n]*'", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    // What stands between the services of a list (nginx.org/rewrites).
    private const string NextService = ";serviceName=";

    private static readonly string[] CookieRewrites = ["proxy-cookie-path", "proxy-cookie-domain"];

    /// <summary>True when a snippet asks for more than how requests are answered, or closes the block it stands in.</summary>
    internal static bool IsHostile(string text) => Hostile.IsMatch(text) || ClosesMoreThanItOpens(text);

    /// <summary>True when a value that is one argument of a directive ends the directive, so that others follow.</summary>
    internal static bool LeavesDirective(string name, string value)
    {
        string text = value.Trim();
        if (text.AsSpan().IndexOfAny("\n\r;{}") < 0)
        {
            return false;
        }

        // These two are made to hold attributes of cookies in quotes, and stand outside of quotes themselves.
        if (Array.IndexOf(CookieRewrites, name) >= 0)
        {
            text = Quoted.Replace(text, "");
        }

        text = Quantifier.Replace(text, "").Replace(NextService, " ", StringComparison.Ordinal);
        return text.AsSpan().IndexOfAny("{}") >= 0
            || EndsDirective(name, text)
            || HasLooseLine(text);
    }

    // Paths may hold semicolons (RFC 3986, section 3.3); with white space behind, nginx reads the next directive.
    private static bool EndsDirective(string name, string text)
    {
        int semicolon = text.IndexOf(';', StringComparison.Ordinal);
        return semicolon >= 0 && (name != "path" || text.AsSpan(semicolon).IndexOfAny(" \t\n\r") >= 0);
    }

    // Lists of networks and headers go over several lines, each but the last with a comma.
    private static bool HasLooseLine(string text)
    {
        string[] lines = text.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length > 1
            && lines.SkipLast(1).Any(static line => !line.EndsWith(','))
            && lines.Skip(1).Any(static line => !line.StartsWith(','));
    }

    private static bool ClosesMoreThanItOpens(string text)
    {
        int depth = 0;
        foreach (char c in Quoted.Replace(text, ""))
        {
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (depth < 0)
            {
                return true;
            }
        }

        return false;
    }
}
