namespace Crowsnest.Core.Features;

/// <summary>The categorical features: each asks how surprising one value is, given who acts.</summary>
public enum TraitName
{
    /// <summary>Verb and kind of object, given the principal.</summary>
    Action,

    /// <summary>Verb and kind of object, given the principal's class only.</summary>
    ActionOfPeers,

    /// <summary>Namespace, given the principal.</summary>
    Namespace,

    /// <summary>Verb and namespace, given the principal and the kind of object.</summary>
    ActionInNamespace,

    /// <summary>Name of a sensitive object, generated suffixes taken off.</summary>
    ObjectName,

    /// <summary>First word of the user agent.</summary>
    ClientFamily,

    /// <summary>First word and version of the user agent.</summary>
    ClientVersion,

    /// <summary>The client's /24, or /64 for IPv6.</summary>
    Network,

    /// <summary>The client's address.</summary>
    Address,

    /// <summary>Class of the HTTP status, given principal and action.</summary>
    Outcome,

    /// <summary>Three-hour part of the day, weekends apart.</summary>
    HourOfDay,

    /// <summary>The principal itself, among its class.</summary>
    Principal,

    /// <summary>The identity assumed by impersonation.</summary>
    Impersonation,

    /// <summary>Registry of the images in a pod specification.</summary>
    ImageRegistry,
}
