using System.Globalization;

namespace Crowsnest.LocalHost.EventHubs;

/// <summary>
/// Where a consumer wants to begin, as its client writes it: <c>amqp.annotation.x-opt-offset > '@latest'</c>.
/// </summary>
/// <param name="Key">What is compared.</param>
/// <param name="Value">What it is compared with.</param>
/// <param name="IsInclusive">True when the message of that very value is wanted too.</param>
internal sealed record EventSelector(EventSelectorKey Key, long Value, bool IsInclusive)
{
    private const string Latest = "@latest";

    /// <summary>What a receiver gets that asks for nothing: whatever comes from now on.</summary>
    internal static EventSelector Newest { get; } = new(EventSelectorKey.Latest, 0, false);

    /// <exception cref="Microsoft.Azure.Amqp.AmqpException">It is not one of the expressions that clients write.</exception>
    internal static EventSelector Parse(string text)
    {
        if (text.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [{ } left, ">" or ">=", { } right])
        {
            throw HubErrors.BadArgument($"not a selector: {text}");
        }

        string value = right.Trim('\'');
        if (value == Latest)
        {
            return Newest;
        }

        EventSelectorKey key = left switch
        {
            "amqp.annotation.x-opt-offset" => EventSelectorKey.Offset,
            "amqp.annotation.x-opt-sequence-number" => EventSelectorKey.SequenceNumber,
            "amqp.annotation.x-opt-enqueued-time" => EventSelectorKey.EnqueuedTime,
            _ => throw HubErrors.BadArgument($"not a selector: {text}"),
        };
        return long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? new EventSelector(key, number, text.Contains(">=", StringComparison.Ordinal))
            : throw HubErrors.BadArgument($"'{value}' is not a number, which this hub's offsets, sequence numbers and times are: {text}");
    }

    /// <summary>True for the messages that are wanted: all from some place on.</summary>
    internal bool IsReached(RecordMark mark)
    {
        long found = Key switch
        {
            EventSelectorKey.Offset => mark.Offset,
            EventSelectorKey.SequenceNumber => mark.SequenceNumber,
            EventSelectorKey.EnqueuedTime => mark.EnqueuedAt,
            _ => long.MinValue,
        };
        return IsInclusive ? found >= Value : found > Value;
    }

    /// <summary>
    /// What is wrong with a place that the log has not come to yet: it is from another log, and messages would be skipped
    /// until this one gets there.
    /// </summary>
    /// <param name="next">The message that comes next.</param>
    /// <returns>The fault, or null when the place is none like that.</returns>
    internal string? Beyond(RecordMark next)
    {
        (string name, long end) = Key switch
        {
            EventSelectorKey.Offset => ("offset", next.Offset),
            EventSelectorKey.SequenceNumber => ("sequence number", next.SequenceNumber),
            _ => ("", long.MaxValue),
        };
        return Value > end || (Value == end && !IsInclusive && end > 0)
            ? $"The supplied {name} '{Value}' is invalid: the partition ends before {name} {end}. "
                + "A checkpoint from another hub, or from before its folder was deleted? Then delete the checkpoint."
            : null;
    }
}
