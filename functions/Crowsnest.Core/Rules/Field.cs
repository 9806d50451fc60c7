namespace Crowsnest.Core.Rules;

/// <summary>Reads the values of one field of an event. A field that is absent has no values.</summary>
internal abstract class Field
{
    /// <summary>What reading it costs, compared with the others: bodies have to be parsed first.</summary>
    internal abstract int Cost { get; }

    /// <summary>True when a value passes the test; array fields pass when any element does.</summary>
    internal abstract bool Any(EventView view, Func<FieldValue, bool> test);

    internal bool Exists(EventView view) => Any(view, static value => !value.IsNull);
}
