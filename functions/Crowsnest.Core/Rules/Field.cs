namespace Crowsnest.Core.Rules;

/// <summary>Reads the values of one field of an event. A field that is absent has no values.</summary>
internal abstract class Field
{
    /// <summary>What reading it costs, compared with the others: bodies have to be parsed first.</summary>
    internal abstract int Cost { get; }

    /// <summary>The events that can have a value here.</summary>
    internal FieldScope Scope { get; init; } = FieldScope.Everything;

    /// <summary>True when events that repeat each other have the same values here; see <see cref="Matcher.IsStable"/>.</summary>
    internal bool IsStable => Cost < ViewField.DecodedCost;

    /// <summary>True when it is read from a body, which the log may lack.</summary>
    internal bool IsBody => Cost >= ViewField.BodyCost;

    /// <summary>True when a value passes the test; array fields pass when any element does.</summary>
    internal abstract bool Any(EventView view, Func<FieldValue, bool> test);

    internal bool Exists(EventView view) => Any(view, static value => !value.IsNull);
}
