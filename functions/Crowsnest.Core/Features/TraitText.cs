using System.Buffers;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Features;

/// <summary>The values of traits as text: what is hashed, and what reasons show.</summary>
public static class TraitText
{
    private const int LongestPath = 64;

    private static readonly string[] PartsOfWeek =
    [
        .. new[] { "weekday", "weekend" }.SelectMany(
            static day => Enumerable.Range(0, 8).Select(part => $"{day} {part * 3:00}-{(part * 3) + 3:00}h")),
    ];

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");

    // Kubernetes makes up names in an alphabet without vowels.
    private static readonly SearchValues<char> SafeAlphabet = SearchValues.Create("bcdfghjklmnpqrstvwxz2456789");

    /// <summary>Verb and kind of object; for other URLs the first two parts of the path.</summary>
    public static string Action(AuditEvent audit)
    {
        ObjectRef target = audit.ObjectRef;
        return target.Resource.Length == 0 ? $"{audit.Verb} {Path(audit.RequestUri)}"
            : target.Subresource.Length == 0 ? $"{audit.Verb} {target.Resource}"
            : $"{audit.Verb} {target.Resource}/{target.Subresource}";
    }

    internal static string ClientFamily(string userAgent)
    {
        int end = userAgent.AsSpan().IndexOfAny('/', ' ');
        return end < 0 ? userAgent : userAgent[..end];
    }

    /// <summary>Family and major.minor: <c>kubectl/v1.30.1 (…)</c> becomes <c>kubectl/v1.30</c>.</summary>
    internal static string ClientVersion(string userAgent)
    {
        int slash = userAgent.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return userAgent;
        }

        int end = slash + 1;
        int dots = 0;
        while (end < userAgent.Length && userAgent[end] != ' ' && (userAgent[end] != '.' || ++dots < 2))
        {
            end++;
        }

        return userAgent[..end];
    }

    /// <summary>Takes generated endings off a name, so that the pods of one workload share it.</summary>
    internal static string NameTemplate(string name)
    {
        // Helm keeps every revision of a release in a secret of its own: sh.helm.release.v1.NAME.v7
        int revision = name.LastIndexOf(".v", StringComparison.Ordinal);
        string template = revision > 0 && name.AsSpan(revision + 2).IndexOfAnyExcept(Digits) < 0 ? name[..revision] : name;
        for (int i = 0; i < 2; i++)
        {
            int dash = template.LastIndexOf('-');
            if (dash <= 0 || !LooksGenerated(template.AsSpan(dash + 1)))
            {
                break;
            }

            template = template[..dash];
        }

        return template;
    }

    /// <summary>Three-hour parts of the day, weekends apart: 0 to 15.</summary>
    internal static int PartOfWeek(DateTimeOffset time)
    {
        DateTime utc = time.UtcDateTime;
        return (utc.Hour / 3) + (utc.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 8 : 0);
    }

    internal static string HourOfDay(DateTimeOffset time) => PartsOfWeek[PartOfWeek(time)];

    internal static string Outcome(int code) => code switch
    {
        401 => "401",
        403 => "403",
        404 => "404",
        >= 100 and < 600 => $"{code / 100}xx",
        _ => "none",
    };

    private static bool LooksGenerated(ReadOnlySpan<char> suffix) =>
        suffix.Length is >= 1 and <= 10
        && (suffix.IndexOfAnyExcept(Digits) < 0
            || (suffix.Length >= 4 && suffix.IndexOfAnyExcept(SafeAlphabet) < 0));

    /// <summary>The first two parts of a URL's path.</summary>
    internal static string Path(string uri)
    {
        ReadOnlySpan<char> path = uri;
        int query = path.IndexOf('?');
        path = query < 0 ? path : path[..query];
        int second = path.Length > 1 ? path[1..].IndexOf('/') + 1 : 0;
        int third = second > 0 ? path[(second + 1)..].IndexOf('/') : -1;
        path = third < 0 ? path : path[..(second + 1 + third)];
        return path.Length > LongestPath ? path[..LongestPath].ToString() : path.ToString();
    }
}
