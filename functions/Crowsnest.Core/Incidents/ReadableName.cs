using System.Net;
using System.Text;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Incidents;

/// <summary>
/// Names as a title shows them: short, and such that whoever chose one can't go on with the sentence. A name of letters, digits and
/// the signs that names are made of stands as it is; any other stands in quotes, which it can't end.
/// </summary>
public static class ReadableName
{
    private const int Longest = 40;
    private const string Signs = "._-/:@+=#$%~";
    private const string Pod = "pod:";
    private const string Several = "several from ";

    /// <summary>Who did it.</summary>
    /// <param name="detection">A finding by the actor.</param>
    internal static string Of(Detection detection)
    {
        if (Flood.IsUnauthenticated(detection))
        {
            return detection.SourceIp.Length > 0 ? $"an anonymous caller from {Of(detection.SourceIp)}" : "anonymous callers";
        }

        return detection.Source == DetectionSource.Correlation && IsCrowd(detection.Principal) ? detection.Principal
            : Of(detection.Principal);
    }

    /// <summary>
    /// A principal or an entity that an act opened: service accounts and pods as namespace/name, people by the name that their
    /// identity provider has for them.
    /// </summary>
    public static string Of(string name)
    {
        string text = name.StartsWith(Pod, StringComparison.Ordinal) ? $"pod {Plain(name[Pod.Length..])}"
            : name.StartsWith(PrincipalClassifier.NodePrefix, StringComparison.Ordinal)
                ? $"node {Plain(name[PrincipalClassifier.NodePrefix.Length..])}"
            : Plain(Short(name));
        return text;
    }

    private static string Short(string name)
    {
        if (name.StartsWith(PrincipalClassifier.ServiceAccountPrefix, StringComparison.Ordinal))
        {
            return name[PrincipalClassifier.ServiceAccountPrefix.Length..] is var account && account.Count(static c => c == ':') == 1
                ? account.Replace(':', '/') : name;
        }

        // OpenID Connect puts the issuer before the name, AWS the account before the role.
        int start = name.StartsWith("https://", StringComparison.Ordinal) ? name.LastIndexOf('#')
            : name.StartsWith("arn:", StringComparison.Ordinal) ? name.IndexOf('/', StringComparison.Ordinal) : -1;
        return start > 0 && start < name.Length - 1 ? name[(start + 1)..] : name;
    }

    // Correlations file what many did under a text of ours, with the network that they came from.
    private static bool IsCrowd(string principal) => principal.StartsWith(Several, StringComparison.Ordinal)
        && principal[Several.Length..] is var where && (where == "everywhere" || IPNetwork.TryParse(where, out _)
            || IPAddress.TryParse(where, out _));

    private static string Plain(string name)
    {
        StringBuilder seen = new(name.Length);
        bool isPlain = name.Length > 0;
        foreach (Rune rune in name.EnumerateRunes())
        {
            bool isOfNames = Rune.IsLetterOrDigit(rune) || (rune.IsAscii && Signs.Contains((char)rune.Value, StringComparison.Ordinal));
            isPlain &= isOfNames;
            seen.Append(isOfNames || rune.Value is >= ' ' and <= '~' and not '\'' ? rune.ToString() : "\uFFFD");
        }

        string text = seen.Replace("://", "[:]//").ToString();
        text = text.Length <= Longest ? text : LongName.Head(text, Longest - 1) + "…";
        return isPlain ? text : $"'{text}'";
    }
}
