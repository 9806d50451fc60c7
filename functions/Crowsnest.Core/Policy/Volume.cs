namespace Crowsnest.Core.Policy;

/// <summary>How much was logged, and how much a policy would leave.</summary>
public sealed class Volume
{
    /// <summary>Events in the capture.</summary>
    public long Events { get; private set; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Events that the policy would leave.</summary>
    public long EventsLeft { get; private set; }

    /// <summary>Their bytes.</summary>
    public long BytesLeft { get; private set; }

    /// <summary>Events of which the policy would log more than the capture holds, so that what is left is at least this.</summary>
    public long Larger { get; private set; }

    internal void Add(int before, int? after, bool isLarger)
    {
        Events++;
        Bytes += before;
        EventsLeft += after is null ? 0 : 1;
        BytesLeft += after ?? 0;
        Larger += isLarger ? 1 : 0;
    }
}
