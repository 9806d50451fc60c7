namespace Crowsnest.Azure.Investigation;

/// <summary>A question can't be answered; the message says why and what to do, in one line.</summary>
public sealed class InvestigationException : Exception
{
    public InvestigationException()
    {
    }

    public InvestigationException(string message)
        : base(message)
    {
    }

    public InvestigationException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
