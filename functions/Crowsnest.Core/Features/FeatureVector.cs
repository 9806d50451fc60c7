using System.Globalization;

namespace Crowsnest.Core.Features;

/// <summary>
/// Turns traits into the numbers the model works on: surprises in bits, then a count of new values, then the numeric
/// features.
/// </summary>
public static class FeatureVector
{
    private static readonly string[] NumberNames =
        ["Sensitivity", "Write", "ClusterWide", "SystemNamespace", "PodRisk", "RbacPower", "AnonymousAllowed", "Denied"];

    /// <summary>Names, in the order of the vector.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Enum.GetNames<TraitName>(), "NewValues", .. NumberNames];

    /// <summary>Length of the vector.</summary>
    public static int Length => Names.Count;

    /// <summary>Computes the vector.</summary>
    /// <param name="memo">What is normal.</param>
    /// <param name="traits">The event.</param>
    /// <param name="vector">Receives <see cref="Length"/> numbers.</param>
    public static void Compute(SurpriseMemo memo, EventTraits traits, Span<float> vector)
    {
        int terms = traits.Terms.Length;
        int unseen = 0;
        for (int i = 0; i < terms; i++)
        {
            ref readonly Term term = ref traits.Terms[i];
            if (!term.IsPresent)
            {
                vector[i] = 0;
                continue;
            }

            float bits = memo.Surprise(term, out bool isNew, out bool isUnknown);
            if (traits.IsDenied && ((TraitName)i).IsTried())
            {
                float usual = memo.Surprise(term.Denied, out bool isNewDenial, out bool isFirstDenial);
                if (!isFirstDenial && usual < bits)
                {
                    bits = usual;
                    isNew &= isNewDenial;
                }
            }

            // Of a principal that was never seen, client and place say no more than that it was never seen; and how an
            // action ends that it never did, no more than that it never did it. One surprise counts once.
            bool saysMore = !isUnknown || !FollowsFromNovelty((TraitName)i);
            vector[i] = saysMore ? bits : 0;
            unseen += isNew && !isUnknown ? 1 : 0;
        }

        vector[terms] = unseen;
        traits.Numbers.CopyTo(vector[(terms + 1)..]);
    }

    private static bool FollowsFromNovelty(TraitName trait) =>
        trait is TraitName.Action or TraitName.ClientFamily or TraitName.ClientVersion
            or TraitName.Network or TraitName.Address or TraitName.HourOfDay or TraitName.Outcome or TraitName.Impersonation;

    /// <summary>Says in words what a feature of this event is about, with the counts behind it.</summary>
    public static string Explain(Profile profile, EventTraits traits, int feature, string value)
    {
        if (feature == traits.Terms.Length)
        {
            int unseen = traits.Terms.Count(term =>
                term.IsPresent && term.Principal != term.Peer
                    && profile.ActiveHours(term.Principal) > 0 && profile.HoursWith(term.Principal, term.Value) == 0);
            return string.Create(CultureInfo.InvariantCulture, $"{unseen} things at once that this principal never had before");
        }

        if (feature > traits.Terms.Length)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{Names[feature]} is {value}");
        }

        Term term = traits.Terms[feature];
        int own = profile.HoursWith(term.Principal, term.Value);
        int ownHours = profile.ActiveHours(term.Principal);
        int peer = profile.HoursWith(term.Peer, term.Value);
        int peerHours = profile.ActiveHours(term.Peer);
        string subject = Label((TraitName)feature);
        string peers = string.Create(CultureInfo.InvariantCulture, $"its peers in {peer:N0} of {peerHours:N0}");
        return term.Principal == term.Peer
            ? string.Create(CultureInfo.InvariantCulture, $"{subject} {value}: in {peer:N0} of its peers' {peerHours:N0} active hours")
            : ownHours == 0
                ? $"{subject} {value}: this principal {Never(profile, traits)}; {peers} active hours"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{subject} {value}: in {own:N0} of this principal's {ownHours:N0} active hours; {peers}");
    }

    // Some traits are counted by kind of object or by action, and a known principal may never have come near.
    private static string Never(Profile profile, EventTraits traits) =>
        profile.ActiveHours(traits.Terms[(int)TraitName.Action].Principal) > 0 ? "never did anything of the kind" : "was never seen before";

    /// <summary>What a trait is about, in a word.</summary>
    public static string Label(TraitName trait) => trait switch
    {
        TraitName.Action or TraitName.ActionOfPeers => "action",
        TraitName.Namespace => "namespace",
        TraitName.ActionInNamespace => "action in namespace",
        TraitName.ObjectName => "object",
        TraitName.ClientFamily or TraitName.ClientVersion => "client",
        TraitName.Network => "network",
        TraitName.Address => "address",
        TraitName.Outcome => "outcome",
        TraitName.HourOfDay => "time",
        TraitName.Principal => "principal",
        TraitName.Impersonation => "impersonation of",
        _ => "image registry",
    };
}
