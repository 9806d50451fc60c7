using System.Text;

namespace Crowsnest.Core.Detections;

/// <summary>Takes out what stands before the host of a URL, and what a Telegram, Slack or Teams address is secret by.</summary>
internal static class UrlCredentials
{
    // What a client takes at most. A longer one is looked at this far from each "//" on: the time must not grow with its square.
    private const int LongestUrl = 2048;

    // Whoever knows the path may post: after these there is nothing else that an analyst could use.
    private static readonly string[] SecretPaths =
        ["hooks.slack.com/services/", "hooks.slack.com/workflows/", "hooks.slack.com/triggers/", "discord.com/api/webhooks/",
            "discordapp.com/api/webhooks/",
            "api.telegram.org/bot", ".webhook.office.com/", "outlook.office.com/webhook/", "hooks.zapier.com/hooks/catch/"];

    internal static string Redact(string text)
    {
        string redacted = text.Contains('@', StringComparison.Ordinal) ? WithoutUsers(text) : text;
        foreach (string path in SecretPaths)
        {
            redacted = redacted.Contains(path, StringComparison.OrdinalIgnoreCase) ? WithoutPath(redacted, path) : redacted;
        }

        return redacted;
    }

    private static string WithoutUsers(string text)
    {
        StringBuilder? kept = null;
        int done = 0;
        int at = 0;
        while (text.IndexOf("//", at, StringComparison.Ordinal) is var found and >= 0)
        {
            int start = found + 2;
            ReadOnlySpan<char> run = text.AsSpan(start, Math.Min(text.Length - start, LongestUrl));
            int length = run.IndexOfAny(CharSets.EndOfUrl);
            run = length < 0 ? run : run[..length];
            at = start;
            int end = EndOfUser(run);
            if (end < 0)
            {
                // What follows has been looked at, but for another address in its query.
                continue;
            }

            int colon = run[..end].IndexOf(':');
            ReadOnlySpan<char> user = colon < 0 ? run[..end] : run[..colon];
            at = start + end;
            if (colon < 0 && (user is "git" || IsShell(text, found)))
            {
                continue;
            }

            // A name without a password may be a token: https://TOKEN@github.com.
            int secret = start + (colon < 0 ? 0 : colon + 1);
            if (start + end > secret)
            {
                kept ??= new(text.Length);
                kept.Append(text, done, secret - done).Append(Redactor.Mark);
                done = start + end;
            }
        }

        return kept is null ? text : kept.Append(text, done, text.Length - done).ToString();
    }

    // The last "@" before the path; behind it, when what stands before it is no host and port.
    private static int EndOfUser(ReadOnlySpan<char> run)
    {
        int path = run.IndexOfAny('/', '?', '#');
        ReadOnlySpan<char> authority = path < 0 ? run : run[..path];
        int end = authority.LastIndexOf('@');
        if (end >= 0)
        {
            return end;
        }

        int colon = authority.IndexOf(':');
        if (path < 0 || colon < 0 || colon == authority.Length - 1 || authority[(colon + 1)..].IndexOfAnyExceptInRange('0', '9') < 0)
        {
            return -1;
        }

        int query = run.IndexOfAny('?', ',');
        return (query < 0 ? run : run[..query]).LastIndexOf('@');
    }

    private static bool IsShell(string text, int slashes) =>
        text.AsSpan(0, slashes).EndsWith("ssh:", StringComparison.OrdinalIgnoreCase)
            || text.AsSpan(0, slashes).EndsWith("sftp:", StringComparison.OrdinalIgnoreCase);

    private static string WithoutPath(string text, string path)
    {
        StringBuilder kept = new(text.Length);
        int done = 0;
        while (text.IndexOf(path, done, StringComparison.OrdinalIgnoreCase) is var found and >= 0)
        {
            int start = found + path.Length;
            int length = text.AsSpan(start).IndexOfAny(CharSets.EndOfUrl);
            kept.Append(text, done, start - done);
            done = length < 0 ? text.Length : start + length;
            kept.Append(done > start ? Redactor.Mark : "");
        }

        return kept.Append(text, done, text.Length - done).ToString();
    }
}
