using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Incidents;

/// <summary>
/// Joins the episodes of different actors that are one attack: one used what the other had opened. An address joins nobody:
/// people share them.
/// </summary>
public static class EpisodeLinker
{
    /// <summary>How long after it was opened a use still belongs to it.</summary>
    // A back door may be left alone for a while, but not for longer than anybody looks back.
    public static readonly TimeSpan Horizon = TimeSpan.FromDays(7);

    /// <summary>How much earlier than the cause an effect may seem.</summary>
    // Clocks of API servers differ a little.
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <summary>Groups of episodes that belong together, with what joins them. Episodes of one cluster only.</summary>
    internal static IEnumerable<(IReadOnlyList<Episode> Episodes, IReadOnlyList<CausalLink> Links)> Join(IReadOnlyList<Episode> episodes)
    {
        int[] parents = [.. Enumerable.Range(0, episodes.Count)];
        List<(int Episode, CausalLink Link)> links = [];
        ILookup<string, (int Episode, Detection By)> openings = episodes
            .SelectMany(static (episode, i) => episode.Detections.SelectMany(by => by.Opens.Select(opened => (opened, Opening: (i, by)))))
            .ToLookup(static pair => pair.opened, static pair => pair.Opening, StringComparer.Ordinal);
        for (int user = 0; user < episodes.Count; user++)
        {
            foreach ((int opener, CausalLink link) in OpenersOf(episodes, user, openings))
            {
                links.Add((user, link));
                Union(parents, opener, user);
            }
        }

        JoinFloods(episodes, parents);
        ILookup<int, CausalLink> byGroup = links.ToLookup(pair => Find(parents, pair.Episode), static pair => pair.Link);
        return episodes.Select((episode, i) => (episode, Group: Find(parents, i))).GroupBy(static pair => pair.Group).Select(group => (
            (IReadOnlyList<Episode>)[.. group.Select(static pair => pair.episode).OrderBy(static e => e.Start.Day)
                .ThenBy(static e => e.From).ThenBy(static e => e.Start.Id, StringComparer.Ordinal)],
            (IReadOnlyList<CausalLink>)[.. byGroup[group.Key].OrderBy(static link => link.UsedAt)
                .ThenBy(static link => link.Through, StringComparer.Ordinal)]));
    }

    private static IEnumerable<(int Opener, CausalLink Link)> OpenersOf(
        IReadOnlyList<Episode> episodes,
        int user,
        ILookup<string, (int Episode, Detection By)> openings)
    {
        HashSet<(string Entity, int Opener)> said = [];
        foreach (Detection use in episodes[user].Detections)
        {
            foreach (string entity in use.Uses.Append(use.Principal))
            {
                (int opener, Detection? by) = openings[entity]
                    .Where(opening => opening.Episode != user && Follows(opening.By, use))
                    .OrderBy(static opening => opening.By.Time)
                    .ThenBy(static opening => opening.By.Id, StringComparer.Ordinal).LastOrDefault();
                if (by is not null && said.Add((entity, opener)))
                {
                    yield return (opener, new CausalLink(
                        episodes[opener].Start.ActorName, episodes[user].Start.ActorName, entity, by.Time, use.Time));
                }
            }
        }
    }

    // Two small things make no link: people create accounts, and accounts are new once.
    private static bool Follows(Detection opening, Detection use) =>
        opening.Time <= use.Time + Skew && use.Time - opening.Time <= Horizon
        && (Episode.Matters(opening) || Episode.Matters(use));

    // What is grave about unauthenticated sources on the day of a flood is told with it.
    private static void JoinFloods(IReadOnlyList<Episode> episodes, int[] parents)
    {
        for (int flood = 0; flood < episodes.Count; flood++)
        {
            HashSet<DateOnly> days = [.. episodes[flood].Detections.Where(Flood.Is).SelectMany(Flood.DaysOf).Select(static day => day.Day)];
            for (int member = 0; days.Count > 0 && member < episodes.Count; member++)
            {
                if (member != flood
                    && episodes[member].Detections.Any(d => Flood.IsUnauthenticated(d) && days.Contains(ActorDay.DayOf(d.Time))))
                {
                    Union(parents, flood, member);
                }
            }
        }
    }

    private static int Find(int[] parents, int i)
    {
        while (parents[i] != i)
        {
            i = parents[i] = parents[parents[i]];
        }

        return i;
    }

    private static void Union(int[] parents, int a, int b) => parents[Find(parents, a)] = Find(parents, b);
}
