using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>
/// A path on a node in one spelling. Nodes with Linux: no empty parts, no dots, no slash at the end, and /run for /var/run,
/// which is a link to it (systemd's file-hierarchy). Nodes with Windows: slashes forward and all in lower case, since there
/// neither tells paths apart.
/// </summary>
internal static class HostPath
{
    private const string Run = "/var/run";

    internal static string Of(string path)
    {
        if (path.Contains('\\', StringComparison.Ordinal)
            || (path.Length >= 2 && path[1] == ':' && char.IsAsciiLetter(path[0])))
        {
            return OfWindows(path.Replace('\\', '/').ToLowerInvariant());
        }

        string clean = RequestPath.Clean(path.Split('/'));
        return clean == Run || clean.StartsWith(Run + "/", StringComparison.Ordinal) ? clean["/var".Length..] : clean;
    }

    // \\?\ before a path only asks for it to be taken literally; \\.\ begins the name of a device or pipe. Kubelets put the
    // drive C before a path that has none (kubernetes/pkg/volume/util, MakeAbsolutePath).
    private static string OfWindows(string path)
    {
        if (path.StartsWith("//./", StringComparison.Ordinal))
        {
            return "//." + RequestPath.Clean(path[4..].Split('/'));
        }

        path = path.StartsWith("//?/", StringComparison.Ordinal) ? path[4..] : path;
        return path.Length >= 2 && path[1] == ':'
            ? path[..2] + RequestPath.Clean(path[2..].Split('/'))
            : "c:" + RequestPath.Clean(path.Split('/'));
    }
}
