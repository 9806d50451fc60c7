namespace Crowsnest.Core.Features;

/// <summary>What kinds of trait there are.</summary>
internal static class TraitNameExtensions
{
    /// <summary>True for traits of the deed itself: doing it often makes these usual, and no others.</summary>
    internal static bool IsDone(this TraitName trait) => trait is TraitName.Action or TraitName.ActionOfPeers
        or TraitName.ActionInNamespace or TraitName.ObjectName;

    /// <summary>True for traits of what was asked for, which a denial says something of; the others say who asks and from where.</summary>
    internal static bool IsTried(this TraitName trait) => trait is TraitName.Action or TraitName.ActionOfPeers
        or TraitName.Namespace or TraitName.ActionInNamespace or TraitName.ObjectName or TraitName.Outcome;
}
