namespace Crowsnest.Core.Intake;

/// <summary>
/// Holds the times of events against the time at which their message arrived. Alerts wait until a time has come: an event
/// that says it is of next year must not make one wait for a year.
/// </summary>
internal static class ArrivalTime
{
    // Kubernetes itself reckons with clocks that are five minutes apart: its certificates are valid from five minutes before
    // they are made, for the sake of whoever's clock is slow.
    private static readonly TimeSpan MostAhead = TimeSpan.FromMinutes(5);

    // A hub says when it took a message; other callers may not know. Nothing of Kubernetes arrived before it was published.
    private static readonly DateTimeOffset Earliest = new(2014, 6, 6, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Gives times to events that have none, and judges those that are far ahead by their arrival.</summary>
    internal static void Judge(IntakeBatch batch, int first, DateTimeOffset arrived)
    {
        if (arrived >= Earliest)
        {
            DateTimeOffset latest = arrived + MostAhead;
            for (int i = first; i < batch.Records.Count; i++)
            {
                if (batch.Records[i].Event is { } audit && audit.Time > latest)
                {
                    audit.JudgeAt(arrived);
                }
            }
        }
        else if (arrived == default)
        {
            Fill(batch, first);
        }
    }

    // Files do not arrive. An event without a time stands between others: it gets that of the one before it, the first ones
    // that of the first that has one, and where no event has a time, that of the beginning of all times.
    private static void Fill(IntakeBatch batch, int first)
    {
        DateTimeOffset? known = null;
        for (int i = first; i < batch.Records.Count && known is null; i++)
        {
            known = batch.Records[i].Event is { } audit && audit.Time != default ? audit.Time : null;
        }

        DateTimeOffset last = known ?? DateTimeOffset.UnixEpoch;
        for (int i = first; i < batch.Records.Count; i++)
        {
            if (batch.Records[i].Event is { } audit)
            {
                last = audit.Time == default ? last : audit.Time;
                audit.Time = last;
            }
        }
    }
}
