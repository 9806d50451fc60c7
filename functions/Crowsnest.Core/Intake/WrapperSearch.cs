namespace Crowsnest.Core.Intake;

/// <summary>Where a value is searched for events.</summary>
internal enum WrapperSearch
{
    /// <summary>First for one event, then in lists.</summary>
    Both,

    /// <summary>For one event, the record's; lists are left alone.</summary>
    One,

    /// <summary>In lists, each item of which is a record of its own; that it is not one event is known.</summary>
    Lists,
}
