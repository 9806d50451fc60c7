namespace Crowsnest.Core.Feeds;

/// <summary>What is wrong with a feed.</summary>
public enum FeedFaultKind
{
    /// <summary>No audit events come any more.</summary>
    Silence,

    /// <summary>A log category comes no more, while others do.</summary>
    CategoryGone,

    /// <summary>Events come late.</summary>
    Lag,

    /// <summary>A large part comes twice.</summary>
    Duplicates,

    /// <summary>A request that was made to be logged was not logged.</summary>
    CanaryLost,

    /// <summary>A message of the hub could not be judged, however often it was tried.</summary>
    MessageSetAside,

    /// <summary>A message held more than is read; the rest of it was not judged.</summary>
    MessageTooLarge,

    /// <summary>A large part can't be read.</summary>
    Unreadable,

    /// <summary>A cluster that no one has announced sends into the hub.</summary>
    NewCluster,

    /// <summary>No model could be trained for days.</summary>
    Untrained,

    /// <summary>Findings could not be put together into an incident.</summary>
    NotCorrelated,

    /// <summary>Bodies that an API server posted were not taken.</summary>
    BodiesRefused,
}
