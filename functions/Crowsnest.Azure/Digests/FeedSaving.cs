using System.Globalization;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Feeds;
using Crowsnest.Core.Rules;

namespace Crowsnest.Azure.Digests;

/// <summary>Finds what a feed could do without.</summary>
public static class FeedSaving
{
    // Not worth a change of policy.
    private const double SmallestShare = 0.05;

    /// <summary>The largest part of a feed that no rule reads, or null when nothing stands out.</summary>
    /// <param name="volume">What came in.</param>
    /// <param name="isFixed">True for AKS, which fixes its policy: what can be chosen is the log category.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="facts">What the feed was seen to carry.</param>
    public static DigestSaving? Of(FeedVolume volume, bool isFixed, RuleSet rules, CaptureFacts facts)
    {
        (string what, long bytes) = isFixed ? ("reads", volume.Reads) : volume.Spare[0];
        double share = volume.Bytes == 0 ? 0 : (double)bytes / volume.Bytes;
        if (share < SmallestShare)
        {
            return null;
        }

        if (!isFixed)
        {
            double all = (double)volume.Spare.Sum(static one => one.Bytes) / volume.Bytes;
            return new(what, share, string.Create(
                CultureInfo.InvariantCulture, $"no rule reads them; {100 * all:0} % in all could go: crowsnest policy advise"));
        }

        CaptureFacts rest = CaptureFacts.Of(hasReads: false, facts.Written, facts.WithBody);
        int blind = rules.Rules.Count(rule => !rule.IsOff && rest.Blindness(rule).Length > facts.Blindness(rule).Length);
        return new(what, share, string.Create(
            CultureInfo.InvariantCulture, $"kube-audit-admin has none, but {blind:N0} rules would see less: crowsnest policy categories"));
    }
}
