using System.Globalization;
using System.Text.RegularExpressions;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Incidents;

/// <summary>
/// An incident's story in a line: its two or three gravest steps in order of time, what they touched, by whom, and through what.
/// It follows from the findings alone.
/// </summary>
internal static partial class IncidentTitle
{
    /// <summary>No title is longer.</summary>
    internal const int Longest = 120;

    private const int MostSteps = 3;

    /// <summary>Tells it.</summary>
    /// <param name="ordered">The findings in order of time; at least one.</param>
    /// <param name="links">What joins their actors.</param>
    internal static string Of(IReadOnlyList<Detection> ordered, IReadOnlyList<CausalLink> links)
    {
        List<StoryStep> steps = GravestSteps(ordered);
        bool isOfFeed = FeedPrincipal.IsOf(steps[0].Gravest);
        (string way, bool isStrong, string through) = isOfFeed ? ("", false, "") : Way(steps, links);
        string by = isOfFeed ? "" : By(ordered, steps, through);

        // What is left out when a line is too long says least.
        foreach ((int count, bool isNamed, bool hasWay) in Plans(isStrong))
        {
            if (count > steps.Count)
            {
                continue;
            }

            string title = Steps([.. steps.Take(count)], isNamed) + by + (hasWay ? way : "");
            if (title.Length <= Longest)
            {
                return title;
            }
        }

        string shortest = Steps([steps[0]], isNamed: false);
        return LongName.Head(shortest, Math.Max(1, Longest - 1 - by.Length)) + "…" + by;
    }

    private static IEnumerable<(int Count, bool IsNamed, bool HasWay)> Plans(bool isStrong)
    {
        for (int count = MostSteps; count > 0; count--)
        {
            yield return (count, true, true);
            if (!isStrong)
            {
                yield return (count, true, false);
            }

            if (count < MostSteps)
            {
                yield return (count, false, true);
                yield return (count, false, false);
            }
        }
    }

    // What is not grave is told only when nothing else makes it a story.
    private static List<StoryStep> GravestSteps(IReadOnlyList<Detection> ordered)
    {
        List<StoryStep> steps =
        [
            .. StoryStep.Of(ordered).DistinctBy(static step => step.Words(isFirst: false, isNamed: true)).Take(MostSteps),
        ];
        return
        [
            .. steps.Where((step, i) => i == 0 || Episode.Matters(step.Gravest) || (i == 1 && step.Gravest.IsEvidence)),
        ];
    }

    private static string Steps(IReadOnlyList<StoryStep> steps, bool isNamed) => string.Join(
        ", then ",
        steps.OrderBy(static step => step.Gravest.Time).ThenBy(static step => step.Gravest.Id, StringComparer.Ordinal)
            .Select((step, i) => step.Words(i == 0, isNamed)));

    private static Detection First(IReadOnlyList<StoryStep> steps) =>
        steps.Select(static step => step.Gravest).OrderBy(static d => d.Time).ThenBy(static d => d.Id, StringComparer.Ordinal).First();

    private static string By(IReadOnlyList<Detection> ordered, IReadOnlyList<StoryStep> steps, string through)
    {
        Detection first = First(steps);
        int more = ordered.Select(static d => d.Principal).Where(name => name != first.Principal && name != through).Distinct().Count();
        string others = more > 0 ? string.Create(CultureInfo.InvariantCulture, $" and {more:N0} more") : "";
        return $", by {ReadableName.Of(first)}{others}";
    }

    // The identity or pod that one opened and another used; the proxy; whom they acted as; the pod of the token; the binding.
    private static (string Way, bool IsStrong, string Through) Way(IReadOnlyList<StoryStep> steps, IReadOnlyList<CausalLink> links)
    {
        Detection first = First(steps);
        string actor = Actor.Of(first.Principal, first.SourceIp);
        HashSet<string> users =
            [.. steps.Select(static step => Actor.Of(step.Gravest.Principal, step.Gravest.SourceIp)).Where(name => name != actor)];
        if ((links.FirstOrDefault(link => link.From == actor && users.Contains(link.To))
            ?? links.FirstOrDefault(link => users.Contains(link.To))) is { } used)
        {
            return ($" through {ReadableName.Of(used.Through)}", true, used.To);
        }

        List<Detection> told = [.. steps.Select(static step => step.Gravest)];
        string Only(Func<Detection, string> part) =>
            told.Select(part).Where(static text => text.Length > 0).Distinct().ToList() is [{ } one] ? one : "";
        string proxy = Only(static d => d.Through);
        string assumed = Only(static d => d.ActedAs);
        string pod = Only(static d => d.Uses.Count > 0 ? d.Uses[0] : "");
        string binding = Only(static d => d.IsRefused ? "" : Binding().Match(d.AllowedBy).Groups[1].Value);
        return proxy.Length > 0 ? ($" through {ReadableName.Of(proxy)}", true, "")
            : assumed.Length > 0 ? ($" acting as {ReadableName.Of(assumed)}", true, "")
            : pod.Length > 0 ? ($" through {ReadableName.Of(pod)}", false, "")
            : binding.Length > 0 ? ($" through binding {ReadableName.Of(binding)}", false, "")
            : ("", false, "");
    }

    // The API server's own words (plugin/pkg/auth/authorizer/rbac).
    [GeneratedRegex("^RBAC: allowed by (?:Cluster)?RoleBinding \"([^\"]+)\"", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex Binding();
}
